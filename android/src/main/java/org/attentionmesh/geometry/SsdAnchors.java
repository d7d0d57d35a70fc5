package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import java.util.ArrayList;
import java.util.List;

/**
 * Anchors of single-shot detectors: the grids of boxes that their predictions are relative to.
 *
 * <p>Source: Liu et al., SSD: Single Shot MultiBox Detector, 2016, section 2.2, with the face detectors' fixed
 * sizes.
 */
public final class SsdAnchors {
  public int inputWidth;
  public int inputHeight;
  /** Pixels of the input that a cell of each layer spans; neighbors of one stride share a grid. */
  @NonNull public int[] strides = new int[0];
  public double minScale = 0.2;
  public double maxScale = 0.95;
  public double offsetX = 0.5;
  public double offsetY = 0.5;
  /** Width by height of the anchors of each cell and layer. */
  @NonNull public double[] aspectRatios = {1};
  /** Of one more anchor between the scales of neighboring layers; 0 for none. */
  public double interpolatedScaleAspectRatio = 1;
  public boolean reducesBoxesInLowestLayer;
  /** Whether every anchor is 1 by 1. */
  public boolean hasFixedSize;

  /**
   * All anchors, in the order of the networks' outputs: layer, row, column, anchor in the cell.
   *
   * @return rows of x_center, y_center, width, height, as fractions of the input.
   */
  @NonNull
  public float[] make() {
    List<float[]> anchors = new ArrayList<>();
    int layer = 0;
    while (layer < strides.length) {
      int first = layer;
      List<double[]> sizes = new ArrayList<>();
      while (layer < strides.length && strides[layer] == strides[first]) {
        addSizes(layer, sizes);
        layer++;
      }
      int columns = (inputWidth + strides[first] - 1) / strides[first];
      int rows = (inputHeight + strides[first] - 1) / strides[first];
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          for (double[] size : sizes) {
            anchors.add(new float[] {(float) ((column + offsetX) / columns), (float) ((row + offsetY) / rows),
                (float) size[0], (float) size[1]});
          }
        }
      }
    }
    float[] all = new float[4 * anchors.size()];
    for (int index = 0; index < anchors.size(); index++) {
      System.arraycopy(anchors.get(index), 0, all, 4 * index, 4);
    }
    return all;
  }

  private double scaleOf(int layer) {
    return strides.length == 1 ? (minScale + maxScale) / 2
        : minScale + (maxScale - minScale) * layer / (strides.length - 1);
  }

  private void addSizes(int layer, List<double[]> sizes) {
    double scale = scaleOf(layer);
    if (layer == 0 && reducesBoxesInLowestLayer) {
      addSize(1, 0.1, sizes);
      addSize(2, scale, sizes);
      addSize(0.5, scale, sizes);
      return;
    }
    for (double ratio : aspectRatios) {
      addSize(ratio, scale, sizes);
    }
    if (interpolatedScaleAspectRatio > 0) {
      double following = layer == strides.length - 1 ? 1 : scaleOf(layer + 1);
      addSize(interpolatedScaleAspectRatio, Math.sqrt(scale * following), sizes);
    }
  }

  private void addSize(double ratio, double size, List<double[]> sizes) {
    double root = Math.sqrt(ratio);
    sizes.add(hasFixedSize ? new double[] {1, 1} : new double[] {size * root, size / root});
  }
}
