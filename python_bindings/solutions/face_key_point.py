"""The keypoints of a detected face."""

import enum


class FaceKeyPoint(enum.IntEnum):
    """Place of each keypoint in a detection's `relative_keypoints`. Left and right are the subject's."""

    RIGHT_EYE = 0
    LEFT_EYE = 1
    NOSE_TIP = 2
    MOUTH_CENTER = 3
    RIGHT_EAR_TRAGION = 4
    LEFT_EAR_TRAGION = 5
