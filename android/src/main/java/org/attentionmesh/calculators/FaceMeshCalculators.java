package org.attentionmesh.calculators;

import androidx.annotation.NonNull;
import org.attentionmesh.graph.CalculatorRegistry;

/** The calculators that the graphs of the face mesh need, by their names. */
public final class FaceMeshCalculators {
  private FaceMeshCalculators() {}

  /** A registry with all of them. */
  @NonNull
  public static CalculatorRegistry registry() {
    return new CalculatorRegistry()
        .add("BlendshapesCalculator", BlendshapesCalculator::new)
        .add("CloserLookCalculator", CloserLookCalculator::new)
        .add("CloserLookResultCalculator", CloserLookResultCalculator::new)
        .add("ConfidentDetectionCalculator", ConfidentDetectionCalculator::new)
        .add("DetectionPoolCalculator", DetectionPoolCalculator::new)
        .add("DetectionsToRectsCalculator", DetectionsToRectsCalculator::new)
        .add("DetectorGateCalculator", DetectorGateCalculator::new)
        .add("FaceDetectorChoiceCalculator", FaceDetectorChoiceCalculator::new)
        .add("FaceLandmarkModelCalculator", FaceLandmarkModelCalculator::new)
        .add("FacePoseCalculator", FacePoseCalculator::new)
        .add("FacesJoinCalculator", FacesJoinCalculator::new)
        .add("FrameTilesCalculator", FrameTilesCalculator::new)
        .add("GateCalculator", GateCalculator::new)
        .add("ImagePropertiesCalculator", ImagePropertiesCalculator::new)
        .add("ImageToTensorCalculator", ImageToTensorCalculator::new)
        .add("InferenceCalculator", InferenceCalculator::new)
        .add("LandmarksMeanCalculator", LandmarksMeanCalculator::new)
        .add("LandmarksSmoothingCalculator", LandmarksSmoothingCalculator::new)
        .add("LandmarksToRectsCalculator", LandmarksToRectsCalculator::new)
        .add("MergeCalculator", MergeCalculator::new)
        .add("MissingCandidatesCalculator", MissingCandidatesCalculator::new)
        .add("NonMaxSuppressionCalculator", NonMaxSuppressionCalculator::new)
        .add("PreviousLoopbackCalculator", PreviousLoopbackCalculator::new)
        .add("RectTransformationCalculator", RectTransformationCalculator::new)
        .add("SsdAnchorsCalculator", SsdAnchorsCalculator::new)
        .add("SureDetectionsCalculator", SureDetectionsCalculator::new)
        .add("TensorsToDetectionsCalculator", TensorsToDetectionsCalculator::new)
        .add("TensorsToFaceLandmarksCalculator", TensorsToFaceLandmarksCalculator::new)
        .add("TrackAssociationCalculator", TrackAssociationCalculator::new)
        .add("WiderLookCalculator", WiderLookCalculator::new);
  }
}
