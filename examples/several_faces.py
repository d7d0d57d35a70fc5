"""Follows up to four faces through a film: python examples/several_faces.py film.mp4 annotated.mp4

Each face keeps its id from frame to frame. The program writes the id beside the face and prints where
each face was seen.
"""

import sys

import cv2

import attention_mesh as mp

if len(sys.argv) != 3:
    sys.exit(__doc__)
film, output = sys.argv[1:]
video = cv2.VideoCapture(film)
if not video.isOpened():
    sys.exit(f"{film} is not a film that OpenCV can read")
size = (int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)))
codec = cv2.VideoWriter.fourcc(*"mp4v")
writer = cv2.VideoWriter(output, codec, video.get(cv2.CAP_PROP_FPS) or 30, size)
annotator = mp.FaceMeshAnnotator("contours,irises,boxes,ids")
options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, num_faces=4)
seen: dict[int, list[int]] = {}  # track id -> times in ms

with mp.FaceLandmarker(options) as landmarker:
    while (frame := video.read()[1]) is not None:
        time_ms = round(video.get(cv2.CAP_PROP_POS_MSEC))
        faces = landmarker.detect_for_video(frame[..., ::-1], time_ms)
        for track_id in faces.track_ids.tolist():
            seen.setdefault(track_id, []).append(time_ms)
        writer.write(annotator.annotate(frame, faces.landmarks_px, faces.rois, faces.track_ids))
writer.release()

for track_id, times in seen.items():
    print(f"face {track_id}: {len(times)} frames, from {times[0]} to {times[-1]} ms")
