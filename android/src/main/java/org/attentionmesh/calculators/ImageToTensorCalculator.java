package org.attentionmesh.calculators;

import org.attentionmesh.geometry.Cropper;
import org.attentionmesh.geometry.RectAffine;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Message;
import org.attentionmesh.graph.Output;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.Matrices;
import org.attentionmesh.packets.NormalizedRects;
import org.attentionmesh.packets.Tensor;
import org.attentionmesh.packets.Tensors;

/**
 * Cuts regions out of an image, resizes them and scales their values; all regions of a frame become one batch.
 *
 * <p>Inputs: IMAGE; NORM_RECT, without which the whole image is the region. Outputs: TENSORS, F by height by width
 * by 3, and MATRIX, the maps from the crops to the image, at timestamps at which all connected inputs have a packet.
 */
public final class ImageToTensorCalculator extends Calculator {
  private final Input<ImageFrame> image = input("IMAGE", ImageFrame.class);
  private final Input<NormalizedRects> regions = optionalInput("NORM_RECT", NormalizedRects.class);
  private final Output<Tensors> tensors = output("TENSORS");
  private final Output<Matrices> matrix = output("MATRIX");
  private final NormalizedRects whole = NormalizedRects.wholeFrame();
  private final Tensors result = new Tensors(1);
  private final Matrices matrices = new Matrices();
  private final RectAffine affine = new RectAffine();
  private Cropper cropper;
  private int width;
  private int height;
  private boolean keepsAspect;
  private boolean isBytes;
  private byte[] crop = new byte[0];
  private final float[] valueOfByte = new float[256];

  public ImageToTensorCalculator() {
    super("mediapipe.ImageToTensorCalculatorOptions", "output_tensor_width", "output_tensor_height",
        "keep_aspect_ratio", "output_tensor_float_range", "output_tensor_uint_range", "border_mode");
  }

  @Override
  protected void open() {
    Message options = options();
    width = options.getInt("output_tensor_width");
    height = options.getInt("output_tensor_height");
    keepsAspect = options.getBool("keep_aspect_ratio");
    cropper = new Cropper(width, height, options.getEnum("border_mode").equals("BORDER_ZERO"));
    isBytes = options.has("output_tensor_uint_range");
    Message range = options.getMessage(isBytes ? "output_tensor_uint_range" : "output_tensor_float_range");
    double low = range.getDouble("min");
    double high = range.getDouble("max");
    if (!(low < high) || (isBytes && (low != 0 || high != 255))) {
      throw new IllegalArgumentException("the range is " + low + " to " + high
          + "; expected floats with min below max, or bytes from 0 to 255");
    }
    // The steps of OpenCV's accumulateWeighted, which the Python side calls: the last bit of a detector's input
    // moves a region by a fraction of a pixel, and that flips bytes of the next crop.
    double scale = (high - low) / 255;
    float start = (float) (low / (1 - scale));
    for (int value = 0; value < 256; value++) {
      valueOfByte[value] = (float) ((double) (value - start) * (float) scale + start);
    }
  }

  @Override
  protected void process() {
    if (image.isEmpty() || (regions.isConnected() && regions.isEmpty())) {
      return;
    }
    ImageFrame frame = image.value();
    NormalizedRects rects = regions.isConnected() ? regions.value() : whole;
    if (rects.size == 1 && rects.get(0, 2) == 0 && rects.get(0, 3) == 0) {
      return;
    }
    int length = 3 * width * height;
    Tensor tensor = result.tensors[0];
    tensor.resize(rects.size, length, isBytes);
    matrices.resize(rects.size);
    if (!isBytes && crop.length < length) {
      crop = new byte[length];
    }
    for (int row = 0; row < rects.size; row++) {
      cut(frame, rects, row, tensor, length);
    }
    tensors.send(result);
    matrix.send(matrices);
  }

  private void cut(ImageFrame frame, NormalizedRects rects, int row, Tensor tensor, int length) {
    double x = (double) rects.get(row, 0) * frame.width;
    double y = (double) rects.get(row, 1) * frame.height;
    double across = (double) rects.get(row, 2) * frame.width;
    double down = (double) rects.get(row, 3) * frame.height;
    double rotation = rects.get(row, 4);
    if (keepsAspect) {
      // In single precision, as the Python side has the sides of a letterboxed region.
      x = (float) x;
      y = (float) y;
      double aspect = (double) height / width;
      double given = (float) across;
      across = Math.max(given, (float) down / aspect);
      down = Math.max((float) down, given * aspect);
    }
    int start = row * length;
    cropper.crop(frame, x, y, across, down, rotation, isBytes ? tensor.bytes : crop, isBytes ? start : 0);
    for (int at = 0; !isBytes && at < length; at++) {
      tensor.floats[start + at] = valueOfByte[crop[at] & 255];
    }
    affine.set(x, y, across, down, rotation);
    int at = row * Matrices.FIELDS;
    matrices.values[at] = (float) (affine.xx / frame.width);
    matrices.values[at + 1] = (float) (affine.xy / frame.width);
    matrices.values[at + 2] = (float) (affine.x0 / frame.width);
    matrices.values[at + 3] = (float) (affine.yx / frame.height);
    matrices.values[at + 4] = (float) (affine.yy / frame.height);
    matrices.values[at + 5] = (float) (affine.y0 / frame.height);
  }
}
