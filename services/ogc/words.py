"""Japanese for the words of the OGC pages: pygeoapi's own sentences, and those of our templates.

The English sentence is the key, as in gettext.
"""

from collections.abc import Mapping

JAPANESE: Mapping[str, str] = {
    # pygeoapi's own
    "This document as JSON": "この文書（JSON）",
    "This document as GeoJSON": "この文書（GeoJSON）",
    "This document as RDF (JSON-LD)": "この文書（RDF、JSON-LD）",
    "This document as HTML": "この文書（HTML）",
    "This document as CoverageJSON": "この文書（CoverageJSON）",
    "The OpenAPI definition as JSON": "OpenAPI定義（JSON）",
    "The OpenAPI definition as HTML": "OpenAPI定義（HTML）",
    "Conformance": "準拠クラス",
    "Collections": "コレクション",
    "Processes": "プロセス",
    "The list of supported tiling schemes as JSON": "タイル方式の一覧（JSON）",
    "The list of supported tiling schemes as HTML": "タイル方式の一覧（HTML）",
    "The landing page of this server as JSON": "このサーバーの入口（JSON）",
    "The landing page of this server as HTML": "このサーバーの入口（HTML）",
    "Schema of collection in JSON": "コレクションのスキーマ（JSON）",
    "Schema of collection in HTML": "コレクションのスキーマ（HTML）",
    "Queryables for this collection as JSON": "検索できる項目（JSON）",
    "Queryables for this collection as HTML": "検索できる項目（HTML）",
    "Items as GeoJSON": "データ（GeoJSON）",
    "Items as RDF (GeoJSON-LD)": "データ（GeoJSON-LD）",
    "Items as HTML": "データ（HTML）",
    "Items as CSV": "データ（CSV）",
    "Items (next)": "次のページ",
    "Items (prev)": "前のページ",
    "Tiles as JSON": "タイル（JSON）",
    "Tiles as HTML": "タイル（HTML）",
    "TileMatrixSet definition in JSON": "タイル方式の定義（JSON）",
    "Coverage data": "カバレッジ",
    "Coverage data as": "カバレッジ",
    "Map as": "地図",
    # our templates
    "OGC API": "OGC API",
    "Home": "入口",
    "Map": "地図",
    "API definition": "API定義",
    "Items": "データ",
    "Queryables": "検索できる項目",
    "Schema": "スキーマ",
    "Tiles": "タイル",
    "Coverage": "カバレッジ",
    "Licence": "ライセンス",
    "Source": "出典",
    "Owner": "所管",
    "As of": "データ時点",
    "unknown": "不明",
    "Update frequency": "更新頻度",
    "Features": "件数",
    "Keywords": "キーワード",
    "Links": "リンク",
    "Name": "名称",
    "Title": "見出し",
    "Type": "型",
    "Unit": "単位",
    "Codes": "コード",
    "Property": "項目",
    "Value": "値",
    "Method": "メソッド",
    "Path": "パス",
    "Summary": "概要",
    "Previous": "前へ",
    "Next": "次へ",
    "not counted": "多数（数えていません）",
    "No items": "データがありません",
    "Fictitious data": "架空データ",
    "This is fictitious data for trials. Do not use it for real decisions.": (
        "これは試用のための架空データです。実際の判断には使わないでください。"
    ),
    "Grid cells": "格子の数",
    "Address of a tile": "タイルのアドレス",
    "Tile matrix sets": "タイル方式",
    "Zoom levels": "ズームレベル",
    "Error": "エラー",
    # transactions
    "History of edits": "編集の履歴",
    "No edits": "編集はありません",
    "create": "追加",
    "replace": "置き換え",
    "update": "一部の変更",
    "delete": "削除",
    "geometry": "位置",
    "Before": "変更前",
    "After": "変更後",
    "Undo": "この編集を取り消す",
    "Undone": "取り消し済み",
    # tiles and styles
    "Pixel": "画素",
    "Styles": "スタイル",
    "Legend": "凡例",
    # coverages and maps
    "Map tiles": "地図タイル",
    "Reference system": "座標参照系",
    "Meaning": "意味",
    "Files": "ファイル",
}


def in_language(text: str, language: str) -> str:
    """The Japanese of an English sentence where ``language`` is Japanese and it is known, else the sentence."""
    return JAPANESE.get(text, text) if language == "ja" else text
