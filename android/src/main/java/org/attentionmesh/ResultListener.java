package org.attentionmesh;

import androidx.annotation.NonNull;

/** Receives the faces of each frame, on the face mesh's own thread, in order of time. */
public interface ResultListener {
  /** Takes a result; it is valid until this method returns. {@link FaceMeshResult#copy} keeps it. */
  void onResult(@NonNull FaceMeshResult result);
}
