"""Messages of landmark.proto: points of a face, one or many."""

from attention_mesh.framework.formats.message_facade import facade_class

Landmark = facade_class("mediapipe.Landmark")
LandmarkList = facade_class("mediapipe.LandmarkList")
LandmarkListCollection = facade_class("mediapipe.LandmarkListCollection")
NormalizedLandmark = facade_class("mediapipe.NormalizedLandmark")
NormalizedLandmarkList = facade_class("mediapipe.NormalizedLandmarkList")
NormalizedLandmarkListCollection = facade_class("mediapipe.NormalizedLandmarkListCollection")

DESCRIPTOR = Landmark.DESCRIPTOR.file
