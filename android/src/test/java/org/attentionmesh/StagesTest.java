package org.attentionmesh;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.attentionmesh.geometry.BoxDecoder;
import org.attentionmesh.geometry.CloserLook;
import org.attentionmesh.geometry.Cropper;
import org.attentionmesh.geometry.DetectionPool;
import org.attentionmesh.geometry.FaceAlignment;
import org.attentionmesh.geometry.FrameTiles;
import org.attentionmesh.geometry.HeadPose;
import org.attentionmesh.geometry.LandmarkProjection;
import org.attentionmesh.geometry.LandmarkRefinement;
import org.attentionmesh.geometry.OneEuroFilter;
import org.attentionmesh.geometry.Procrustes;
import org.attentionmesh.geometry.QuarterTurns;
import org.attentionmesh.geometry.RegionsOfInterest;
import org.attentionmesh.geometry.SsdAnchors;
import org.attentionmesh.geometry.TrackAssociation;
import org.attentionmesh.geometry.WeightedMerge;
import org.attentionmesh.models.Network;
import org.attentionmesh.models.Networks;
import org.attentionmesh.models.Topology;
import org.attentionmesh.packets.Detections;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedLandmarks;
import org.attentionmesh.packets.NormalizedRects;
import org.attentionmesh.packets.Tensor;
import org.attentionmesh.packets.Tensors;
import org.junit.Test;

/** Each stage by itself gives what the Python side gives for the same numbers. */
public class StagesTest {
  /** Of normalized coordinates, pixels of a crop, centimeters: single precision, summed in another order. */
  private static final double CLOSE = 1e-4;
  private static final int STEPS = 40;

  private static ImageSize size() {
    ImageSize size = new ImageSize();
    size.width = 512;
    size.height = 384;
    return size;
  }

  private static NormalizedRects rects(String name, long[] ids) {
    float[] values = Fixtures.floats(name);
    NormalizedRects rects = new NormalizedRects();
    for (int row = 0; row < values.length / 5; row++) {
      rects.add(values[5 * row], values[5 * row + 1], values[5 * row + 2], values[5 * row + 3], values[5 * row + 4],
          ids.length == 0 ? 0 : ids[row]);
    }
    return rects;
  }

  private static NormalizedRects rects(String name) {
    return rects(name, new long[0]);
  }

  private static NormalizedLandmarks landmarks(String name, int faces) {
    NormalizedLandmarks landmarks = new NormalizedLandmarks();
    float[] points = Fixtures.floats(name);
    landmarks.resize(faces, 478);
    System.arraycopy(points, 0, landmarks.points, 0, points.length);
    return landmarks;
  }

  private static Detections detections(String name) {
    float[] rows = Fixtures.floats(name + "/rows");
    Detections found = new Detections();
    for (float score : Fixtures.floats(name + "/scores")) {
      int row = found.add(score);
      System.arraycopy(rows, row, found.rows, row, found.columns());
    }
    return found;
  }

  private static void assertSame(String name, NormalizedRects found) {
    Fixtures.assertClose(name, Fixtures.floats(name), found.values, 5 * found.size, CLOSE);
  }

  private static void assertSame(String name, Detections found) {
    Fixtures.assertClose(name, Fixtures.floats(name + "/scores"), found.scores, found.size, CLOSE);
    Fixtures.assertClose(name, Fixtures.floats(name + "/rows"), found.rows, found.size * found.columns(), CLOSE);
  }

  private static ImageFrame astronaut() {
    byte[] rgb = Fixtures.bytes("crops/image");
    ImageFrame image = new ImageFrame();
    image.resize(512, 512);
    for (int pixel = 0; pixel < 512 * 512; pixel++) {
      System.arraycopy(rgb, 3 * pixel, image.rgba, 4 * pixel, 3);
    }
    return image;
  }

  private static void assertCrops(boolean isBlackOutside, String name) {
    float[] rects = Fixtures.floats("crops/rects");
    byte[] expected = Fixtures.bytes(name);
    byte[] found = new byte[expected.length];
    Cropper cropper = new Cropper(192, 192, isBlackOutside);
    int length = 192 * 192 * 3;
    for (int row = 0; row < rects.length / 5; row++) {
      cropper.crop(astronaut(), rects[5 * row], rects[5 * row + 1], rects[5 * row + 2], rects[5 * row + 3],
          rects[5 * row + 4], found, row * length);
    }
    int others = 0;
    for (int at = 0; at < expected.length; at++) {
      int gap = Math.abs((expected[at] & 255) - (found[at] & 255));
      // OpenCV before 5.0 samples at thirty-seconds of a pixel.
      assertTrue(name + "[" + at + "] differs by " + gap, gap <= 4);
      others += gap > 0 ? 1 : 0;
    }
    System.out.println(name + ": " + others + " of " + expected.length + " bytes differ");
    assertTrue(others + " bytes differ", others < expected.length / 5);
  }

  @Test
  public void cropsAreSampledAsByOpenCv() {
    assertCrops(false, "crops/replicate");
    assertCrops(true, "crops/zero");
  }

  @Test
  public void anchorsStandWherePythonPutsThem() {
    SsdAnchors anchors = new SsdAnchors();
    anchors.inputWidth = anchors.inputHeight = 128;
    anchors.strides = new int[] {8, 16, 16, 16};
    anchors.minScale = 0.1484375;
    anchors.maxScale = 0.75;
    anchors.hasFixedSize = true;
    float[] made = anchors.make();
    Fixtures.assertClose("anchors", Fixtures.floats("anchors/short"), made, made.length, 1e-6);
    anchors.inputWidth = anchors.inputHeight = 192;
    anchors.strides = new int[] {4};
    anchors.interpolatedScaleAspectRatio = 0;
    made = anchors.make();
    Fixtures.assertClose("anchors", Fixtures.floats("anchors/full"), made, made.length, 1e-6);
  }

  @Test
  public void rawOutputsAreDecodedAndProjectedAsByPython() {
    float[] boxes = Fixtures.floats("decode/boxes");
    float[] scores = Fixtures.floats("decode/scores");
    float[] anchors = Fixtures.floats("anchors/short");
    BoxDecoder decoder = new BoxDecoder(6, 128, 128, 128, 128, 100, 0.1);
    Detections plain = new Detections();
    Detections projected = new Detections();
    for (int region = 0; region < 2; region++) {
      decoder.decode(boxes, region * 896 * 16, scores, region * 896, anchors, plain);
      int first = projected.size;
      decoder.decode(boxes, region * 896 * 16, scores, region * 896, anchors, projected);
      BoxDecoder.project(projected, first, Fixtures.floats("decode/matrices"), 6 * region);
    }
    assertSame("decode/plain", plain);
    assertSame("decode/projected", projected);
  }

  @Test
  public void overlappingDetectionsBecomeOneAsByPython() {
    Detections weighted = new Detections();
    WeightedMerge.merge(detections("decode/projected"), 0.3f, null, 0, weighted);
    assertSame("nms/weighted", weighted);
    Detections best = new Detections();
    WeightedMerge.suppress(detections("decode/projected"), 0.3f, best);
    assertSame("nms/best", best);
  }

  @Test
  public void regionsOfDetectionsAreThoseOfPython() {
    NormalizedRects rects = new NormalizedRects();
    RegionsOfInterest.fromDetections(detections("decode/projected"), 0, 1, 0, size(), rects);
    assertSame("regions/rects", rects);
    RegionsOfInterest.Transform transform = new RegionsOfInterest.Transform();
    transform.scaleX = transform.scaleY = 1.5;
    transform.squaresLong = true;
    NormalizedRects result = new NormalizedRects();
    RegionsOfInterest.transform(rects, size(), transform, result);
    assertSame("regions/squares", result);
    transform.squaresLong = false;
    transform.squaresShort = true;
    transform.scaleX = 1.2;
    transform.scaleY = 0.8;
    transform.shiftX = 0.1;
    transform.shiftY = -0.2;
    transform.rotation = 0.5;
    RegionsOfInterest.transform(rects, size(), transform, result);
    assertSame("regions/moved", result);
  }

  @Test
  public void theNetworksOutputsAreRefinedAndProjectedAsByPython() {
    LandmarkRefinement refinement = new Topology(Fixtures.assets()).refinement();
    float[] mesh = new float[3 * 478 * 3];
    for (int face = 0; face < 3; face++) {
      for (int region = 0; region < refinement.regionCount(); region++) {
        int length = refinement.region(region).length();
        refinement.put(region, Fixtures.floats("refinement/" + region), face * length, mesh, face * 3 * 478);
      }
    }
    Fixtures.assertClose("refinement", Fixtures.floats("refinement/mesh"), mesh, mesh.length, CLOSE);
    float[] projected = new float[mesh.length];
    for (int face = 0; face < 3; face++) {
      new LandmarkProjection().project(mesh, face * 3 * 478, 478, Fixtures.floats("projection/rects"), 5 * face, 192,
          projected, face * 3 * 478);
    }
    Fixtures.assertClose("projection", Fixtures.floats("projection/landmarks"), projected, projected.length, CLOSE);
  }

  @Test
  public void nextRegionsPosesAndAlignedFacesAreThoseOfPython() {
    NormalizedLandmarks faces = landmarks("faces/landmarks", 3);
    Topology topology = new Topology(Fixtures.assets());
    HeadPose pose = new HeadPose(new Procrustes(topology.canonicalFace(), topology.poseWeights(), 478), 63);
    FaceAlignment alignment = new FaceAlignment(topology.referenceFace(), topology.referenceWeights());
    NormalizedRects rois = new NormalizedRects();
    float[] poses = new float[48];
    float[] metric = new float[3 * 478 * 3];
    float[] aligned = new float[3 * 478 * 3];
    for (int face = 0; face < 3; face++) {
      RegionsOfInterest.addFromLandmarks(faces, face, size(), 33, 263, 1.5, 0, rois);
      pose.find(faces, face, size(), poses, 16 * face, metric, 3 * 478 * face);
      alignment.align(faces, face, size(), aligned, 3 * 478 * face);
    }
    assertSame("faces/next_rois", rois);
    NormalizedRects snapped = new NormalizedRects();
    for (int face = 0; face < 3; face++) {
      RegionsOfInterest.addSnapped(rois, face, size(), 64, snapped);
    }
    assertSame("faces/snapped_rois", snapped);
    Fixtures.assertClose("poses", Fixtures.floats("faces/poses"), poses, 48, CLOSE);
    Fixtures.assertClose("metric", Fixtures.floats("faces/metric"), metric, metric.length, CLOSE);
    Fixtures.assertClose("aligned", Fixtures.floats("faces/aligned"), aligned, aligned.length, CLOSE);
  }

  @Test
  public void whatWasFoundInATurnedPictureIsTurnedBackAsByPython() {
    for (int quarters = 0; quarters < 4; quarters++) {
      NormalizedLandmarks faces = landmarks("faces/landmarks", 3);
      NormalizedRects rects = rects("projection/rects");
      QuarterTurns.turnBack(faces, quarters, size());
      QuarterTurns.turnBack(rects, quarters, size());
      Fixtures.assertClose("landmarks", Fixtures.floats("turned/" + quarters + "/landmarks"), faces.points,
          faces.points.length, CLOSE);
      assertSame("turned/" + quarters + "/rects", rects);
    }
  }

  @Test
  public void landmarksAreSmoothedAsByPython() {
    OneEuroFilter filter = new OneEuroFilter(0.05, 80, 1);
    NormalizedLandmarks result = new NormalizedLandmarks();
    long[] times = Fixtures.longs("smoothing/times");
    for (int step = 0; step < STEPS; step++) {
      long[] ids = Fixtures.longs("smoothing/" + step + "/ids");
      NormalizedLandmarks faces = landmarks("smoothing/" + step + "/landmarks", ids.length);
      float[] scales = new float[ids.length];
      for (int face = 0; face < ids.length; face++) {
        scales[face] = 1 / objectSize(faces, face);
      }
      filter.apply(faces, ids, times[step], size(), scales, result);
      Fixtures.assertClose("smoothing/" + step, Fixtures.floats("smoothing/" + step + "/filtered"), result.points,
          3 * 478 * result.faces, CLOSE);
    }
  }

  private static float objectSize(NormalizedLandmarks faces, int face) {
    float left = 1;
    float right = 0;
    float top = 1;
    float bottom = 0;
    for (int at = faces.start(face); at < faces.start(face + 1); at += 3) {
      left = Math.min(left, faces.points[at]);
      right = Math.max(right, faces.points[at]);
      top = Math.min(top, faces.points[at + 1]);
      bottom = Math.max(bottom, faces.points[at + 1]);
    }
    return (right - left) * 256 + (bottom - top) * 192;
  }

  @Test
  public void facesKeepTheIdsThatPythonGivesThem() {
    TrackAssociation tracks = new TrackAssociation(0.5, 0.3, 0.6, 0.3, 0.5);
    NormalizedRects rois = new NormalizedRects();
    long highest = 0;
    for (int step = 0; step < STEPS; step++) {
      String name = "association/" + step;
      tracks.update(rects(name + "/detected"), rects(name + "/tracked", Fixtures.longs(name + "/tracked_ids")),
          (int) Fixtures.longs(name + "/most")[0], 100000L * step, rois);
      long[] ids = Arrays.copyOf(rois.ids, rois.size);
      assertArrayEquals(name, Fixtures.longs(name + "/ids"), ids);
      assertSame(name + "/rois", rois);
      for (long id : ids) {
        highest = Math.max(highest, id);
      }
    }
    assertTrue("ids up to " + highest + " in " + STEPS + " frames", highest > 4);
  }

  @Test
  public void severalLooksBecomeOneDetectionPerFaceAsByPython() {
    List<Detections> looks = new ArrayList<>();
    for (int look = 0; look < 3; look++) {
      looks.add(detections("looks/" + look));
    }
    Detections pooled = new Detections();
    DetectionPool.pool(looks, size(), pooled);
    assertSame("looks/pooled", pooled);
    NormalizedRects known = rects("looks/known");
    long[] contradicts = Fixtures.longs("looks/contradicts");
    for (int index = 0; index < contradicts.length; index++) {
      assertEquals(contradicts[index] == 1, DetectionPool.contradicts(looks.get(2), index, known, size()));
    }
    NormalizedRects squares = new NormalizedRects();
    for (int index = 0; index < looks.get(0).size; index++) {
      CloserLook.addSquares(looks.get(0), index, size(), true, squares);
    }
    assertSame("looks/squares", squares);
    Detections confirmed = new Detections();
    CloserLook.confirm(looks.get(0), looks.get(2), size(), 0.85f, confirmed);
    assertSame("looks/confirmed", confirmed);
  }

  @Test
  public void tilesLieWherePythonPutsThem() {
    long[] sizes = Fixtures.longs("tiles/sizes");
    for (int index = 0; index < sizes.length / 2; index++) {
      int width = (int) sizes[2 * index];
      int height = (int) sizes[2 * index + 1];
      NormalizedRects tiles = FrameTiles.tiles(width, height, 384);
      assertSame("tiles/" + index + "/tiles", tiles);
      assertSame("tiles/" + index + "/fine", FrameTiles.fineTiles(width, height));
      assertSame("tiles/" + index + "/turned", FrameTiles.quarterTurns(tiles));
    }
  }

  private static void assertNetwork(String name, Tensor... inputs) {
    try (Networks networks = new Networks(Fixtures.assets(), Device.CPU, 1)) {
      Network network = networks.open(name);
      Tensors outputs = network.newResults();
      network.run(outputs, inputs);
      for (int index = 0; index < outputs.tensors.length; index++) {
        Tensor output = outputs.tensors[index];
        Fixtures.assertClose(name, Fixtures.floats("networks/" + name + "/" + index), output.floats,
            output.items * output.length, CLOSE);
      }
    }
  }

  @Test
  public void networksGiveTheNumbersThatTheyGiveInPython() {
    Tensor crops = new Tensor();
    crops.resize(2, 192 * 192 * 3, true);
    System.arraycopy(Fixtures.bytes("crops/replicate"), 0, crops.bytes, 0, crops.bytes.length);
    assertNetwork("attention_mesh", crops);
    Tensor images = new Tensor();
    images.resize(2, 128 * 128 * 3, false);
    images.floats = Fixtures.floats("decode/crops");
    assertNetwork("face_detection_short_range", images);
    Tensor aligned = new Tensor();
    aligned.resize(3, 3 * 478, false);
    aligned.floats = Fixtures.floats("faces/aligned");
    Tensor calibrated = new Tensor();
    calibrated.resize(3, 1, false);
    try (Networks networks = new Networks(Fixtures.assets(), Device.CPU, 1)) {
      assertEquals(1, networks.open("blendshapes").input("aligned_landmarks"));
    }
    assertNetwork("blendshapes", calibrated, aligned);
  }
}
