package org.attentionmesh.geometry;

import androidx.annotation.NonNull;
import java.util.Arrays;

/**
 * Weighted Procrustes: the similarity that brings one set of points nearest to others.
 *
 * <p>The rotation comes from the largest eigenvector of a symmetric matrix of four rows (Horn, Closed-form
 * Solution of Absolute Orientation Using Unit Quaternions, 1987), the scale is Umeyama's (Least-Squares
 * Estimation of Transformation Parameters Between Two Point Patterns, 1991). The result lies in the fields.
 */
public final class Procrustes {
  private static final int SWEEPS = 50;

  /** The result: x becomes scale · rotation · x + translation. Row-major. */
  @NonNull public final double[] rotation = new double[9];
  @NonNull public final double[] translation = new double[3];
  public double scale;

  private final int count;
  /** Weighted, centered source; columns x, y, z and the weight. */
  private final double[] shares;
  private final double[] center = new double[3];
  private final double spread;
  private final double[] products = new double[12];
  private final double[] matrix = new double[16];
  private final double[] vectors = new double[16];

  /**
   * Takes the points that are moved.
   *
   * @param source x, y, z of {@code count} points.
   * @param weights one per point, not negative; only their ratios count.
   */
  public Procrustes(@NonNull float[] source, @NonNull float[] weights, int count) {
    this.count = count;
    shares = new double[4 * count];
    double total = 0;
    for (int index = 0; index < count; index++) {
      total += weights[index];
    }
    if (!(total > 0)) {
      throw new IllegalArgumentException("weights must not all be 0");
    }
    for (int index = 0; index < count; index++) {
      shares[4 * index + 3] = weights[index] / total;
      for (int axis = 0; axis < 3; axis++) {
        center[axis] += shares[4 * index + 3] * source[3 * index + axis];
      }
    }
    double sum = 0;
    for (int index = 0; index < count; index++) {
      for (int axis = 0; axis < 3; axis++) {
        double centered = source[3 * index + axis] - center[axis];
        shares[4 * index + axis] = centered * shares[4 * index + 3];
        sum += shares[4 * index + axis] * centered;
      }
    }
    spread = sum;
  }

  /**
   * Fits the source to a face.
   *
   * @param target x, y, z of the points, from {@code start} on.
   * @return false if a number is not finite; the result is then undefined.
   */
  public boolean fit(@NonNull float[] target, int start) {
    Arrays.fill(products, 0);
    for (int index = 0; index < count; index++) {
      for (int axis = 0; axis < 3; axis++) {
        double value = target[start + 3 * index + axis];
        for (int column = 0; column < 4; column++) {
          products[4 * axis + column] += value * shares[4 * index + column];
        }
      }
    }
    double sum = 0;
    for (double product : products) {
      sum += product;
    }
    if (Double.isNaN(sum) || Double.isInfinite(sum)) {
      return false;
    }
    scale = Math.max(0, rotate()) / spread;
    for (int axis = 0; axis < 3; axis++) {
      double turned = 0;
      for (int column = 0; column < 3; column++) {
        turned += rotation[3 * axis + column] * center[column];
      }
      translation[axis] = products[4 * axis + 3] - scale * turned;
    }
    return true;
  }

  /** Fills the rotation; returns the largest eigenvalue, which is the trace that the rotation reaches. */
  private double rotate() {
    // Sab = sum of source a times target b; products hold target by source.
    double sxx = products[0];
    double sxy = products[4];
    double sxz = products[8];
    double syx = products[1];
    double syy = products[5];
    double syz = products[9];
    double szx = products[2];
    double szy = products[6];
    double szz = products[10];
    double[] m = matrix;
    m[0] = sxx + syy + szz;
    m[5] = sxx - syy - szz;
    m[10] = -sxx + syy - szz;
    m[15] = -sxx - syy + szz;
    m[1] = m[4] = syz - szy;
    m[2] = m[8] = szx - sxz;
    m[3] = m[12] = sxy - syx;
    m[6] = m[9] = sxy + syx;
    m[7] = m[13] = szx + sxz;
    m[11] = m[14] = syz + szy;
    diagonalize();
    int best = 0;
    for (int index = 1; index < 4; index++) {
      if (m[5 * index] > m[5 * best]) {
        best = index;
      }
    }
    double w = vectors[best];
    double x = vectors[4 + best];
    double y = vectors[8 + best];
    double z = vectors[12 + best];
    double[] r = rotation;
    r[0] = w * w + x * x - y * y - z * z;
    r[1] = 2 * (x * y - w * z);
    r[2] = 2 * (x * z + w * y);
    r[3] = 2 * (x * y + w * z);
    r[4] = w * w - x * x + y * y - z * z;
    r[5] = 2 * (y * z - w * x);
    r[6] = 2 * (x * z - w * y);
    r[7] = 2 * (y * z + w * x);
    r[8] = w * w - x * x - y * y + z * z;
    return m[5 * best];
  }

  /** Jacobi's method: the matrix becomes diagonal, the columns of {@code vectors} its eigenvectors. */
  private void diagonalize() {
    Arrays.fill(vectors, 0);
    for (int index = 0; index < 4; index++) {
      vectors[5 * index] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double off = 0;
      double size = 0;
      for (int row = 0; row < 4; row++) {
        for (int column = 0; column < 4; column++) {
          double square = matrix[4 * row + column] * matrix[4 * row + column];
          size += square;
          off += row == column ? 0 : square;
        }
      }
      if (!(off > 1e-30 * size)) {
        return;
      }
      for (int p = 0; p < 3; p++) {
        for (int q = p + 1; q < 4; q++) {
          turn(p, q);
        }
      }
    }
  }

  private void turn(int p, int q) {
    double[] m = matrix;
    double across = m[4 * p + q];
    if (across == 0) {
      return;
    }
    double theta = (m[5 * q] - m[5 * p]) / (2 * across);
    double tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cos = 1 / Math.sqrt(tangent * tangent + 1);
    double sin = tangent * cos;
    for (int k = 0; k < 4; k++) {
      double kp = m[4 * k + p];
      double kq = m[4 * k + q];
      m[4 * k + p] = cos * kp - sin * kq;
      m[4 * k + q] = sin * kp + cos * kq;
    }
    for (int k = 0; k < 4; k++) {
      double pk = m[4 * p + k];
      double qk = m[4 * q + k];
      m[4 * p + k] = cos * pk - sin * qk;
      m[4 * q + k] = sin * pk + cos * qk;
    }
    for (int k = 0; k < 4; k++) {
      double kp = vectors[4 * k + p];
      double kq = vectors[4 * k + q];
      vectors[4 * k + p] = cos * kp - sin * kq;
      vectors[4 * k + q] = sin * kp + cos * kq;
    }
  }
}
