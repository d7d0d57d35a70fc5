"""Linear solver: a symmetric positive definite system that is factorized once and solved often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attention_mesh.extras import MissingExtraError, install_command

# For 478 vertices, a product with the inverse takes no more time than SciPy's sparse solution
# (docs/mesh_editing.md), and SciPy need not be installed. Beyond this size the inverse takes long to compute.
DENSE_UP_TO = 1500


def factorize(
    count: int, rows: np.ndarray, columns: np.ndarray, values: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Prepares the solution of a sparse symmetric positive definite system.

    A system of up to 1500 unknowns is inverted. A larger one is factorized by SciPy.

    Args:
        count: number of unknowns N.
        rows, columns, values: (K,) entries of the matrix; entries at the same place add up.

    Returns:
        A function from right sides (N, M) to solutions (N, M), both float32.

    Raises:
        ImportError: a large system without SciPy; the text names the extra.
        ValueError: the matrix is singular.
    """
    if count <= DENSE_UP_TO:
        matrix = np.zeros((count, count))
        np.add.at(matrix, (rows, columns), values)
        try:
            inverse = np.linalg.inv(matrix).astype(np.float32)
        except np.linalg.LinAlgError as error:
            raise ValueError(f"a system of {count} unknowns has no unique solution") from error
        return lambda right: inverse @ right
    try:
        from scipy import sparse
        from scipy.sparse import linalg
    except ImportError as error:
        raise MissingExtraError(
            f"a mesh of {count} vertices (more than {DENSE_UP_TO}) needs the package scipy: "
            f"{install_command('puppet')}"
        ) from error
    matrix = sparse.csc_matrix((values, (rows, columns)), (count, count))
    try:
        # A symmetric order of the unknowns and no pivots: the factor is a third as large as by default.
        factor = linalg.splu(matrix, "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    except RuntimeError as error:
        raise ValueError(f"a system of {count} unknowns has no unique solution: {error}") from error
    return lambda right: factor.solve(np.asarray(right, np.float64)).astype(np.float32)
