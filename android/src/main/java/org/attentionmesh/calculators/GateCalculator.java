package org.attentionmesh.calculators;

import java.util.ArrayList;
import java.util.List;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;

/**
 * Passes the packets of its data inputs, or drops them, as one control says.
 *
 * <p>The control is the stream ALLOW or DISALLOW, the side packet ALLOW or DISALLOW, or the option
 * {@code allow}. A control stream without a packet closes the gate, unless {@code empty_packets_as_allow} is set.
 */
public final class GateCalculator extends Calculator {
  private static final int MOST_STREAMS = 8;

  private final List<Input<Object>> data = inputs("", Object.class, MOST_STREAMS);
  private final List<Output<Object>> passed = new ArrayList<>();
  private final Input<Boolean> allow = optionalInput("ALLOW", Boolean.class);
  private final Input<Boolean> disallow = optionalInput("DISALLOW", Boolean.class);
  private final SideInput<Boolean> allowRun = optionalSideInput("ALLOW", Boolean.class);
  private final SideInput<Boolean> disallowRun = optionalSideInput("DISALLOW", Boolean.class);
  private boolean hasStream;
  private boolean isOpen;
  private boolean emptyIsOpen;

  public GateCalculator() {
    super("mediapipe.GateCalculatorOptions", "allow", "empty_packets_as_allow");
    for (int index = 0; index < MOST_STREAMS; index++) {
      passed.add(output(""));
    }
  }

  @Override
  protected void open() {
    int controls = 0;
    for (boolean given : new boolean[] {allow.isConnected(), disallow.isConnected(), allowRun.isGiven(),
        disallowRun.isGiven()}) {
      controls += given ? 1 : 0;
    }
    if (controls > 1) {
      throw new IllegalArgumentException("it has " + controls + " controls; expected one of ALLOW and DISALLOW");
    }
    hasStream = allow.isConnected() || disallow.isConnected();
    emptyIsOpen = options().getBool("empty_packets_as_allow");
    isOpen = allowRun.isGiven() ? allowRun.value()
        : disallowRun.isGiven() ? !disallowRun.value() : options().getBool("allow");
  }

  @Override
  protected void process() {
    boolean isOpenNow = isOpen;
    if (hasStream) {
      isOpenNow = !allow.isEmpty() ? allow.value() : !disallow.isEmpty() ? !disallow.value() : emptyIsOpen;
    }
    for (int index = 0; isOpenNow && index < MOST_STREAMS; index++) {
      if (!data.get(index).isEmpty()) {
        passed.get(index).send(data.get(index).value());
      }
    }
  }
}
