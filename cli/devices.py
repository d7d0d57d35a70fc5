"""`attention-mesh devices`: the GPUs of this machine, and what each supports."""

from __future__ import annotations

import typer

from attention_mesh.cli.options import Debug
from attention_mesh.cli.user_command import EXIT_FAILED, EXIT_OK, report, user_command


@user_command
def devices(debug: Debug = False) -> int:
    """List the GPUs of this machine, and software that stands in for one, with what each supports.

    The index, or a part of the name, is what chooses an adapter.
    """
    from attention_mesh.webgpu.adapters import PORTABLE_LIMITS, list_adapters

    found = list_adapters()
    if not found:
        report(
            "WebGPU finds no adapter; a driver for Vulkan, Metal or Direct3D 12 brings one (on Debian, "
            "mesa-vulkan-drivers has one that is software)"
        )
        return EXIT_FAILED
    for adapter in found:
        features = [name for name in ("f16", "subgroups", "timestamps") if getattr(adapter, f"has_{name}")]
        limits = adapter.limits
        small = [name for name, least in PORTABLE_LIMITS.items() if limits.get(name, 0) < least]
        driver = f", {adapter.driver}" if adapter.driver else ""
        typer.echo(f"{adapter.index}  {adapter.name}  ({adapter.kind}, {adapter.backend}{driver})")
        typer.echo(f"   features: {', '.join(features) or 'none'}")
        typer.echo(
            f"   {limits['max-storage-buffers-per-shader-stage']} storage buffers of "
            f"{limits['max-storage-buffer-binding-size'] >> 20} MiB, "
            f"{limits['max-compute-invocations-per-workgroup']} invocations and "
            f"{limits['max-compute-workgroup-storage-size'] >> 10} KiB per workgroup, "
            f"pictures up to {limits['max-texture-dimension-2d']} px"
        )
        if small:
            typer.echo(f"   below WebGPU's limits, and so not usable: {', '.join(small)}")
    return EXIT_OK
