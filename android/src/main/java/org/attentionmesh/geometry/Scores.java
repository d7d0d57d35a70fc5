package org.attentionmesh.geometry;

/** Scores: from the raw numbers of a network to probabilities and back. */
public final class Scores {
  private Scores() {}

  /** The logistic function; it never overflows. */
  public static double sigmoid(double logit) {
    return Math.tanh(logit / 2) / 2 + 0.5;
  }

  /** The value whose {@link #sigmoid} is the score; infinite for 0 or less and 1 or more. */
  public static double logit(double score) {
    if (score <= 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return score >= 1 ? Double.POSITIVE_INFINITY : Math.log(score / (1 - score));
  }
}
