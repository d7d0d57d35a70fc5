package org.attentionmesh;

import static org.junit.Assert.assertEquals;

import java.nio.ByteBuffer;
import org.attentionmesh.packets.ImageFrame;
import org.junit.Test;

/** Pixels of every format arrive upright, whatever the rotation, and with the right colors. */
public class PixelsTest {
  private static final int WIDTH = 5;
  private static final int HEIGHT = 3;

  /** The level at a place of the picture before it is turned. */
  private static int level(int x, int y) {
    return 10 + 16 * y + x;
  }

  private static ByteBuffer picture(PixelFormat format) {
    ByteBuffer pixels = ByteBuffer.allocate(7 + format.bytes(WIDTH, HEIGHT));
    pixels.position(7);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int channels = format == PixelFormat.NV21 ? 1 : format == PixelFormat.RGB ? 3 : 4;
        for (int channel = 0; channel < channels; channel++) {
          pixels.put((byte) level(x, y));
        }
      }
    }
    while (pixels.hasRemaining()) {
      pixels.put((byte) 128);
    }
    pixels.position(7);
    return pixels;
  }

  @Test
  public void everyFormatIsTurnedClockwiseByQuarters() {
    FrameBuffer frame = new FrameBuffer();
    for (PixelFormat format : PixelFormat.values()) {
      for (int quarters = 0; quarters < 4; quarters++) {
        ByteBuffer pixels = picture(format);
        frame.take(pixels, format, WIDTH, HEIGHT, quarters);
        assertEquals("the position does not move", 7, pixels.position());
        ImageFrame image = frame.image;
        assertEquals(quarters % 2 == 0 ? WIDTH : HEIGHT, image.width);
        for (int y = 0; y < HEIGHT; y++) {
          for (int x = 0; x < WIDTH; x++) {
            int[] place = {x, y, HEIGHT - 1 - y, x, WIDTH - 1 - x, HEIGHT - 1 - y, y, WIDTH - 1 - x};
            int at = 4 * (place[2 * quarters + 1] * image.width + place[2 * quarters]);
            for (int channel = 0; channel < 3; channel++) {
              assertEquals(format + " " + quarters, level(x, y), image.rgba[at + channel] & 255);
            }
          }
        }
      }
    }
  }

  @Test
  public void nv21HasTheColorsOfJpeg() {
    // Red, green and blue of full strength in JFIF's YCbCr, as Y, Cr, Cb; a byte's rounding moves a color by 2.
    int[][] colors = {{76, 255, 85, 254, 0, 0}, {150, 21, 43, 0, 255, 0}, {29, 107, 255, 0, 0, 254}};
    FrameBuffer frame = new FrameBuffer();
    for (int[] color : colors) {
      ByteBuffer pixels = ByteBuffer.allocate(6);
      for (int pixel = 0; pixel < 4; pixel++) {
        pixels.put((byte) color[0]);
      }
      pixels.put((byte) color[1]).put((byte) color[2]).rewind();
      frame.take(pixels, PixelFormat.NV21, 2, 2, 0);
      for (int channel = 0; channel < 3; channel++) {
        assertEquals(color[3 + channel], frame.image.rgba[channel] & 255, 2);
      }
    }
  }
}
