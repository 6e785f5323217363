"""The libraries of the explorer page: pinned releases on npm, and the files of them that the page loads."""

from __future__ import annotations

from dataclasses import dataclass

REGISTRY = "https://registry.npmjs.org"


@dataclass(frozen=True, slots=True)
class File:
    """One file of a package: where it is there, what it is called here, and its SHA-256 here."""

    member: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A release on npm, the integrity that npm states for it, and what is needed of it."""

    name: str
    version: str
    integrity: str
    files: tuple[File, ...]

    @property
    def url(self) -> str:
        return f"{REGISTRY}/{self.name}/-/{self.name}-{self.version}.tgz"


PACKAGES = (
    Package(
        "preact",
        "11.2.0",
        "sha512-/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==",
        (
            File("dist/preact.mjs", "preact.js", "7bfe439f2886be6aecc6523192bfcc182777550e8ca38bc08556057bc8e5e15e"),
            File(
                "hooks/dist/hooks.mjs", "hooks.js", "1c7d7d3d70e9f8b4aa25542d2102230e8b77f60e6e00e0ba6a2de5f56ee4605f"
            ),
            File("LICENSE", "preact.LICENSE.txt", "1fe6958409c8c257a70c587a18b6f7f412b179b456630790d30b2ec9a8e4b7d4"),
        ),
    ),
    Package(
        "htm",
        "3.1.1",
        "sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
        (
            File("dist/htm.module.js", "htm.js", "ab33dd3f38059b9be4d5f5350128eefb2356639c4e0bbe9d9e8b3ba75847e9e4"),
            File("LICENSE", "htm.LICENSE.txt", "740725f7252e750af735d0028cc534970772f513331e9f68150fede8fb3ce00f"),
        ),
    ),
    Package(
        "uplot",
        "1.6.32",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        (
            File("dist/uPlot.esm.js", "uplot.js", "5dd9b3281aa64b461b42d9945f6adb2649d346502b12281a9ae0d46599a80eba"),
            File("dist/uPlot.min.css", "uplot.css", "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04"),
            File("LICENSE", "uplot.LICENSE.txt", "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd"),
        ),
    ),
)
FILES = tuple(file for package in PACKAGES for file in package.files)
