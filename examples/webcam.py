import sys
import time

import cv2

import attention_mesh as mp

video = cv2.VideoCapture(int(sys.argv[1]) if sys.argv[1].isdecimal() else sys.argv[1])  # 0, or a file
options = mp.FaceLandmarkerOptions(running_mode=mp.RunningMode.VIDEO, num_faces=2)
with mp.FaceLandmarker.create_from_options(options) as landmarker:
    while (frame := video.read()[1]) is not None and cv2.waitKey(1) != 27:  # until Esc
        faces = landmarker.detect_for_video(frame[..., ::-1], time.monotonic_ns() // 1_000_000)
        cv2.imshow("Attention Mesh", mp.FaceMeshAnnotator().annotate(frame, faces.landmarks_px))
