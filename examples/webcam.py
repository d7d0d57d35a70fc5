"""Shows the faces before a camera, until Esc is pressed: python examples/webcam.py 0 (or a film's name)"""

import sys
import time

import cv2

import attention_mesh as mp
from attention_mesh.media.display_window import display_is_there

if len(sys.argv) != 2:
    sys.exit(__doc__)
source = sys.argv[1]
video = cv2.VideoCapture(int(source) if source.isdecimal() else source)
if not video.isOpened():
    sys.exit(f"{source} is not a camera or film that OpenCV can open")
if not display_is_there():
    sys.exit("there is no display for the window; examples/several_faces.py writes a film")

options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, num_faces=2)
with mp.FaceLandmarker(options) as landmarker:
    while (frame := video.read()[1]) is not None and cv2.waitKey(1) != 27:  # Esc
        faces = landmarker.detect_for_video(frame[..., ::-1], time.monotonic_ns() // 1_000_000)
        cv2.imshow("Attention Mesh", mp.FaceMeshAnnotator().annotate(frame, faces.landmarks_px))
