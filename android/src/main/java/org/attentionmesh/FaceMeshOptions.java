package org.attentionmesh;

import androidx.annotation.NonNull;
import androidx.annotation.Nullable;
import java.io.File;

/** What a {@link FaceMesh} does; immutable. {@link #builder} makes one. */
public final class FaceMeshOptions {
  final boolean isStaticImageMode;
  final int maxFaces;
  final boolean refinesLandmarks;
  final double minDetectionConfidence;
  final double minTrackingConfidence;
  final boolean smoothsLandmarks;
  final Detector detector;
  final Device device;
  final int threads;
  final boolean hasBlendShapes;
  final boolean hasPoses;
  final double verticalFovDegrees;
  @Nullable final File landmarkModel;

  private FaceMeshOptions(Builder from) {
    isStaticImageMode = from.isStaticImageMode;
    maxFaces = from.maxFaces;
    refinesLandmarks = from.refinesLandmarks;
    minDetectionConfidence = from.minDetectionConfidence;
    minTrackingConfidence = from.minTrackingConfidence;
    smoothsLandmarks = from.smoothsLandmarks == null ? !isStaticImageMode : from.smoothsLandmarks;
    detector = from.detector;
    device = from.device;
    threads = from.threads;
    hasBlendShapes = from.hasBlendShapes;
    hasPoses = from.hasPoses;
    verticalFovDegrees = from.verticalFovDegrees;
    landmarkModel = from.landmarkModel;
    if (isStaticImageMode && smoothsLandmarks) {
      throw new IllegalArgumentException("smoothLandmarks is true; expected false in static image mode, whose "
          + "images are unrelated");
    }
    if (hasBlendShapes && !refinesLandmarks) {
      throw new IllegalArgumentException("refineLandmarks is false; expected true, because blend shapes need the "
          + "irises");
    }
  }

  @NonNull
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options; those that are not set keep their defaults. */
  public static final class Builder {
    private static final int MOST_THREADS = 64;

    private boolean isStaticImageMode;
    private int maxFaces = 1;
    private boolean refinesLandmarks = true;
    private double minDetectionConfidence = 0.5;
    private double minTrackingConfidence = 0.5;
    @Nullable private Boolean smoothsLandmarks;
    private Detector detector = Detector.AUTO;
    private Device device = Device.CPU;
    private int threads;
    private boolean hasBlendShapes = true;
    private boolean hasPoses = true;
    private double verticalFovDegrees = 63;
    @Nullable private File landmarkModel;

    private Builder() {}

    /** Whether images are unrelated: every one is searched, in two passes, and none is dropped. Default false. */
    @NonNull
    public Builder setStaticImageMode(boolean isStatic) {
      isStaticImageMode = isStatic;
      return this;
    }

    /** How many faces are looked for at most, 1 or more. Default 1. */
    @NonNull
    public Builder setMaxFaces(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("maxFaces is " + most + "; expected 1 or more");
      }
      maxFaces = most;
      return this;
    }

    /**
     * Whether the attention network finds 478 landmarks, with refined lips, eyes and irises. Else a plain network
     * finds 468. The archive has none: name its file by {@link #setLandmarkModel}, and leave out blend shapes.
     * Default true.
     */
    @NonNull
    public Builder setRefineLandmarks(boolean refines) {
      refinesLandmarks = refines;
      return this;
    }

    /** From 0 to 1: detections below it are dropped. Default 0.5. */
    @NonNull
    public Builder setMinDetectionConfidence(double confidence) {
      minDetectionConfidence = probability("minDetectionConfidence", confidence);
      return this;
    }

    /** From 0 to 1: a face whose presence is not above it is lost. Default 0.5. */
    @NonNull
    public Builder setMinTrackingConfidence(double confidence) {
      minTrackingConfidence = probability("minTrackingConfidence", confidence);
      return this;
    }

    /** Whether landmarks are filtered over time. Default true, and false in static image mode. */
    @NonNull
    public Builder setSmoothLandmarks(boolean smooths) {
      smoothsLandmarks = smooths;
      return this;
    }

    /** Which detector looks for faces. Default AUTO. */
    @NonNull
    public Builder setDetector(@NonNull Detector chosen) {
      detector = notNull("detector", chosen);
      return this;
    }

    /** Where the networks run. Default CPU. */
    @NonNull
    public Builder setDevice(@NonNull Device chosen) {
      device = notNull("device", chosen);
      return this;
    }

    /** Threads of the networks on the CPU; 0, the default, for half of the processors, at most four. */
    @NonNull
    public Builder setThreads(int count) {
      if (count < 0 || count > MOST_THREADS) {
        throw new IllegalArgumentException("threads is " + count + "; expected 0 (automatic) to " + MOST_THREADS);
      }
      threads = count;
      return this;
    }

    /** Whether results have blend shapes. Default true. */
    @NonNull
    public Builder setBlendShapes(boolean has) {
      hasBlendShapes = has;
      return this;
    }

    /** Whether results have poses. Default true. */
    @NonNull
    public Builder setPoses(boolean has) {
      hasPoses = has;
      return this;
    }

    /** The camera's angle of view from bottom to top, above 0 and below 180: it decides distances. Default 63. */
    @NonNull
    public Builder setVerticalFovDegrees(double degrees) {
      if (!(degrees > 0 && degrees < 180)) {
        throw new IllegalArgumentException("verticalFovDegrees is " + degrees
            + "; expected a number above 0 and below 180");
      }
      verticalFovDegrees = degrees;
      return this;
    }

    /** A landmark network in place of the archive's, as {@code attention-mesh export --fused} writes it. */
    @NonNull
    public Builder setLandmarkModel(@Nullable File file) {
      landmarkModel = file;
      return this;
    }

    /**
     * Makes the options.
     *
     * @throws IllegalArgumentException if they contradict each other.
     */
    @NonNull
    public FaceMeshOptions build() {
      return new FaceMeshOptions(this);
    }

    private static double probability(String name, double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(name + " is " + value + "; expected a number from 0 to 1");
      }
      return value;
    }

    private static <T> T notNull(String name, T value) {
      if (value == null) {
        throw new NullPointerException(name + " is null");
      }
      return value;
    }
  }
}
