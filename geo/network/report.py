"""What building a network has met that was not as it should be; nothing is dropped or mended without a word here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS: Mapping[str, tuple[str, str]] = {
    "way-class-unknown": ("道路の種別が不明のため除外", "left out: its class is unknown"),
    "way-repeated": ("同じ番号の道路が既にあるため除外", "left out: its id was given before"),
    "way-unaligned": ("点の番号と座標の数が違うため除外", "left out: numbers of node ids and positions differ"),
    "way-too-short": ("点が2つ未満のため除外", "left out: fewer than two nodes are left"),
    "oneway-unknown": ("一方通行の値が不明（両方向とした）", "the value of oneway is not known; taken as both ways"),
    "access-unknown": ("通行の値が不明（種別に従う）", "the value of an access tag is not known; its class decides"),
    "value-out-of-range": ("値が範囲外（不明とした）", "a value is out of range and counts as unknown"),
    "node-missing": ("位置のない点で道路を切断", "a node has no position; the way is cut there"),
    "node-repeated": ("同じ点の繰り返しを一つにした", "a node follows itself; taken once"),
    "node-moved": ("同じ番号の点の位置が異なる（最初の位置とした）", "a node has several positions; the first holds"),
    "zero-length": ("長さのない区間（残した）", "a stretch has no length; kept"),
    "barrier-off-network": ("車止めの点が道路上にない", "the node of a barrier is on no way"),
    "restriction-kind-unknown": ("規制の種類が不明", "not applied: the kind of restriction is unknown"),
    "restriction-incomplete": ("規制に進入・経由・進行のいずれかがない", "not applied: a member is not given"),
    "restriction-dangling": ("規制の道路・点が資料にない", "not applied: a way or node is not in the network"),
    "restriction-apart": ("規制の道路がつながらない", "not applied: its members do not meet"),
    "restriction-ambiguous": ("規制の区間を一つに決められない", "not applied: it may mean several turns"),
    "restriction-via-mixed": (
        "経由が複数の点、または点と道路",
        "not applied: its via is several nodes, or nodes and ways",
    ),
    "restriction-via-barrier": ("経由点に車止めがある", "not applied: its via node is a barrier"),
    "restriction-excepts-vehicles": (
        "自動車・緊急自動車を除く規制",
        "not applied: motor or emergency vehicles are excepted",
    ),
}
"""Kinds of findings, with what each means (ja, en)."""


@dataclass(frozen=True, slots=True)
class BuildFinding:
    """``kind`` of ``KINDS``; ``subject`` the id of the way, node or restriction it is about; ``detail`` in English."""

    kind: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """Everything found, in the order of building, and what has come of it.

    ``edges`` are with ``twins``, those that only turn restrictions across ways need.
    """

    findings: tuple[BuildFinding, ...]
    ways: int
    stretches: int
    nodes: int
    edges: int
    twins: int
    barriers: int
    forbidden_turns: int

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each kind that was met."""
        return Counter(finding.kind for finding in self.findings)


class Findings:
    """Findings as they are collected; ``KeyError`` for a kind that is none."""

    def __init__(self, found: Iterable[BuildFinding] = ()) -> None:
        self._found = list(found)

    def add(self, kind: str, subject: object, detail: str = "") -> None:
        KINDS[kind]
        self._found.append(BuildFinding(kind, str(subject), detail))

    def add_all(self, kind: str, subjects: Iterable[object], detail: str = "") -> None:
        for subject in subjects:
            self.add(kind, subject, detail)

    def all(self) -> tuple[BuildFinding, ...]:
        return tuple(self._found)
