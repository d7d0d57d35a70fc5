package org.attentionmesh.example;

import android.content.Context;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Matrix;
import android.graphics.Paint;
import android.graphics.Path;
import android.view.View;
import org.attentionmesh.FaceMeshResult;

/** Draws the mesh, lipstick and the strongest blend shapes of every face over the camera's picture. */
final class FaceOverlay extends View {
  private static final int LIPSTICK = Color.argb(110, 190, 10, 50);
  private static final int MOST_BARS = 8;
  private static final float LEAST_COEFFICIENT = 0.08f;

  private final FaceTables tables;
  private final String[] shapeNames;
  private final Paint mesh = new Paint(Paint.ANTI_ALIAS_FLAG);
  private final Paint lips = new Paint(Paint.ANTI_ALIAS_FLAG);
  private final Paint bar = new Paint();
  private final Paint text = new Paint(Paint.ANTI_ALIAS_FLAG);
  private final Path mouth = new Path();
  private final Matrix toView = new Matrix();
  private final float[] segments;

  /** The faces of the newest result; the thread of the face mesh writes them. */
  private final Object newest = new Object();
  private float[][] faces = new float[0][];
  private float[] shapes = new float[0];
  private int imageWidth = 1;
  private int imageHeight = 1;
  private int rotationDegrees;
  private boolean isMirrored;

  FaceOverlay(Context context, FaceTables tables, String[] shapeNames) {
    super(context);
    this.tables = tables;
    this.shapeNames = shapeNames;
    float density = context.getResources().getDisplayMetrics().density;
    segments = new float[2 * tables.lines.length];
    mesh.setColor(Color.argb(140, 120, 255, 220));
    mesh.setStrokeWidth(0.7f * density);
    lips.setColor(LIPSTICK);
    mouth.setFillType(Path.FillType.EVEN_ODD);
    bar.setColor(Color.argb(200, 120, 255, 220));
    text.setColor(Color.WHITE);
    text.setTextSize(12 * density);
    text.setShadowLayer(2 * density, 0, 0, Color.BLACK);
  }

  /** Takes over a result; any thread may call it. */
  void show(FaceMeshResult result, int rotation, boolean mirrored) {
    synchronized (newest) {
      if (faces.length != result.faceCount()) {
        faces = new float[result.faceCount()][3 * result.landmarkCount()];
      }
      for (int face = 0; face < faces.length; face++) {
        result.landmarks(face, faces[face]);
      }
      if (shapes.length != result.blendShapeCount()) {
        shapes = new float[result.blendShapeCount()];
      }
      for (int shape = 0; shape < shapes.length; shape++) {
        shapes[shape] = faces.length > 0 ? result.blendShape(0, shape) : 0;
      }
      imageWidth = result.imageWidth();
      imageHeight = result.imageHeight();
      rotationDegrees = rotation;
      isMirrored = mirrored;
    }
    postInvalidate();
  }

  @Override
  protected void onDraw(Canvas canvas) {
    synchronized (newest) {
      findView();
      canvas.save();
      canvas.concat(toView);
      for (float[] face : faces) {
        drawLips(canvas, face);
        drawMesh(canvas, face);
      }
      canvas.restore();
      drawBars(canvas);
    }
  }

  /** From the camera's picture to the view: upright, as wide and high as the view, mirrored like the preview. */
  private void findView() {
    boolean isTurned = rotationDegrees % 180 != 0;
    float width = isTurned ? imageHeight : imageWidth;
    float height = isTurned ? imageWidth : imageHeight;
    toView.setTranslate(-imageWidth / 2f, -imageHeight / 2f);
    toView.postRotate(rotationDegrees);
    toView.postScale((isMirrored ? -1 : 1) * getWidth() / width, getHeight() / height);
    toView.postTranslate(getWidth() / 2f, getHeight() / 2f);
    // A stroke's width is in the picture's pixels under this matrix.
    mesh.setStrokeWidth(0.7f * width / Math.max(1, getWidth()) * getResources().getDisplayMetrics().density);
  }

  private void drawMesh(Canvas canvas, float[] face) {
    for (int index = 0; index < tables.lines.length; index++) {
      segments[2 * index] = face[3 * tables.lines[index]];
      segments[2 * index + 1] = face[3 * tables.lines[index] + 1];
    }
    canvas.drawLines(segments, mesh);
  }

  private void drawLips(Canvas canvas, float[] face) {
    mouth.rewind();
    add(tables.outerLips, face);
    add(tables.innerLips, face);
    canvas.drawPath(mouth, lips);
  }

  private void add(int[] ring, float[] face) {
    mouth.moveTo(face[3 * ring[0]], face[3 * ring[0] + 1]);
    for (int index = 1; index < ring.length; index++) {
      mouth.lineTo(face[3 * ring[index]], face[3 * ring[index] + 1]);
    }
    mouth.close();
  }

  private void drawBars(Canvas canvas) {
    float line = 1.5f * text.getTextSize();
    float y = line;
    int drawn = 0;
    for (int shape = 0; shape < shapes.length && drawn < MOST_BARS; shape++) {
      if (shapes[shape] >= LEAST_COEFFICIENT) {
        canvas.drawRect(0, y - 0.8f * line, shapes[shape] * 0.4f * getWidth(), y + 0.1f * line, bar);
        canvas.drawText(shapeNames[shape], 0.3f * line, y - 0.1f * line, text);
        y += line;
        drawn++;
      }
    }
  }
}
