package org.attentionmesh.geometry;

/**
 * The affine from a rotated rectangle's crop, in which x and y run from 0 to 1, to the coordinates in which the
 * rectangle is given. x' = xx x + xy y + x0, y' = yx x + yy y + y0.
 */
public final class RectAffine {
  public double xx;
  public double xy;
  public double x0;
  public double yx;
  public double yy;
  public double y0;

  /** Takes a rectangle whose units are the same along both axes. */
  public void set(double x, double y, double width, double height, double rotation) {
    set(x, y, width, height, rotation, width, height);
  }

  /**
   * Takes a rectangle.
   *
   * @param across the crop's width in the unit of y.
   * @param down the crop's height in the unit of x.
   */
  public void set(double x, double y, double width, double height, double rotation, double across, double down) {
    double cos = Math.cos(rotation);
    double sin = Math.sin(rotation);
    xx = width * cos;
    xy = -down * sin;
    yx = across * sin;
    yy = height * cos;
    x0 = x - (xx + xy) / 2;
    y0 = y - (yx + yy) / 2;
  }
}
