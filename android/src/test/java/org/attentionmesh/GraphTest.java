package org.attentionmesh;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.attentionmesh.calculators.FaceMeshCalculators;
import org.attentionmesh.graph.GraphConfig;
import org.attentionmesh.graph.GraphException;
import org.attentionmesh.graph.GraphLibrary;
import org.attentionmesh.graph.GraphRunner;
import org.attentionmesh.graph.GraphServices;
import org.attentionmesh.graph.Schema;
import org.attentionmesh.packets.ImageFrame;
import org.attentionmesh.packets.ImageSize;
import org.junit.Test;

/** Graphs: what the runner does with right ones, and which wrong ones it refuses, by name. */
public class GraphTest {
  private static GraphConfig graph(String name) throws IOException {
    FolderAssets assets = Fixtures.assets();
    return GraphConfig.parse(new Schema(assets.bytes("attention_mesh/schema.binpb")),
        Fixtures.bytes("graphs/" + name));
  }

  private static GraphRunner open(String name) throws IOException {
    return new GraphRunner(graph(name), FaceMeshCalculators.registry(), Collections.emptyMap(), new GraphServices());
  }

  private static void assertRefused(String name, String... texts) {
    GraphException error = assertThrows(GraphException.class, () -> open(name));
    for (String text : texts) {
      assertTrue("\"" + error.getMessage() + "\" has no \"" + text + "\"", error.getMessage().contains(text));
    }
  }

  @Test
  public void everyCalculatorOfTheArchivesGraphsIsKnown() throws IOException {
    GraphLibrary library = FaceMeshPipeline.library(Fixtures.assets());
    List<String> known = FaceMeshCalculators.registry().names();
    GraphConfig expression = library.expanded("FaceExpression").partFor(Arrays.asList("poses", "blendshapes"));
    for (GraphConfig graph : new GraphConfig[] {library.expanded("FaceMesh"), library.expanded("FaceMeshTwoPass"),
        expression}) {
      for (String name : graph.calculators()) {
        assertTrue(name, known.contains(name));
      }
    }
  }

  @Test
  public void wrongGraphsAreRefusedByTheNameOfWhatIsWrong() {
    assertRefused("unknown_calculator", "node 1 (UnknownCalculator)", "there is no calculator UnknownCalculator");
    assertRefused("unknown_option", "node 0 (GateCalculator)", "option initial_gate_state");
    assertRefused("newer_option", "GateCalculatorOptions has no field with the number 99");
    assertRefused("wrong_options", "its options are mediapipe.GateCalculatorOptions");
    assertRefused("unknown_input", "ImagePropertiesCalculator", "no input PICTURE:0");
    assertRefused("missing_input", "the input MAIN is not connected");
    assertRefused("no_producer", "no node makes the stream \"nowhere\"");
    assertRefused("two_producers", "the stream \"size\" has another producer");
    assertRefused("cycle", "wait for each other", "node 0 (MergeCalculator)");
    assertRefused("input_policy", "input_stream_handler is not supported");
    assertRefused("missing_side_packet", "TensorsToDetectionsCalculator", "side packet ANCHORS \"anchors\" is missing");
    assertRefused("no_output", "no node makes the output stream \"nothing\"");
  }

  @Test
  public void damagedFilesAreRefused() throws IOException {
    Schema schema = new Schema(Fixtures.assets().bytes("attention_mesh/schema.binpb"));
    byte[] whole = Fixtures.bytes("graphs/loop");
    assertThrows(GraphException.class, () -> GraphConfig.parse(schema, new byte[0]));
    for (int length = 1; length < whole.length; length += 7) {
      byte[] part = Arrays.copyOf(whole, length);
      try {
        GraphConfig.parse(schema, part);
      } catch (GraphException error) {
        assertTrue(error.getMessage(), error.getMessage().length() > 10);
      }
    }
  }

  @Test
  public void aBackEdgeBringsTheValueOfTheFrameBeforeAndGatesLeaveStreamsEmpty() throws IOException {
    GraphRunner runner = open("loop");
    ImageFrame image = new ImageFrame();
    int[] widths = {10, 20, 30};
    for (int index = 0; index < widths.length; index++) {
      image.resize(widths[index], 5);
      runner.set("image", image);
      runner.run(100 + index);
      assertEquals(widths[index], ((ImageSize) runner.output("size")).width);
      Object before = runner.output("size_before");
      if (index == 0) {
        assertNull(before);
      } else {
        assertEquals(widths[index - 1], ((ImageSize) before).width);
      }
      assertNull("the gate is closed", runner.output("stopped"));
      assertEquals(before == null ? runner.output("size") : before, runner.output("merged"));
    }
    assertThrows(GraphException.class, () -> runner.run(102));
    runner.reset();
    runner.set("image", image);
    runner.run(1);
    assertNull("forgotten", runner.output("size_before"));
    runner.run(2);
    assertNull("no frame, no size", runner.output("size"));
    runner.close();
    assertThrows(GraphException.class, () -> runner.run(3));
  }

  @Test
  public void unknownSidePacketsAndInputsAreRefused() throws IOException {
    Map<String, Object> packets = new HashMap<>();
    packets.put("num_faces", 1);
    GraphException error = assertThrows(GraphException.class, () -> new GraphRunner(graph("loop"),
        FaceMeshCalculators.registry(), packets, new GraphServices()));
    assertTrue(error.getMessage(), error.getMessage().contains("no input side packet \"num_faces\""));
    GraphRunner runner = open("loop");
    assertThrows(GraphException.class, () -> runner.set("picture", new ImageFrame()));
    assertThrows(GraphException.class, () -> runner.output("picture"));
    runner.set("image", "a text");
    error = assertThrows(GraphException.class, () -> runner.run(1));
    assertTrue(error.getMessage(), error.getMessage().contains("stream \"image\" holds a String"));
    assertTrue(error.getMessage(), error.getMessage().contains("at 1 us"));
  }
}
