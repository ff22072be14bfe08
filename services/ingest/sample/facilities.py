"""Medical facilities, AEDs and public facilities of the sample city, as rows of the municipal sheets 10, 08 and 01."""

from collections.abc import Iterator

import numpy as np

from services.ingest.sample.municipal import CODE6, CONTACT, HEAD, NAMES, SEAT, Site, beside, sites, telephone
from services.ingest.sample.people import People
from services.ingest.sample.towns import CITY, Towns, scatter_count

HOSPITALS = 21
CLINICS = 500
AEDS = 410
PUBLIC_FACILITIES = 150

_OPENING = ("利用可能曜日", "開始時間", "終了時間", "利用可能日時特記事項")
MEDICAL_HEADER = (
    *HEAD, *NAMES, "医療機関の種類", *SEAT, *CONTACT, "FAX番号", "法人番号", "法人の名称", "医療機関コード", *_OPENING,
    "時間外における対応", "診療科目", "病床数", "災害拠点分類", "状況", "URL", "備考",
)  # fmt: skip
AED_HEADER = (
    *HEAD, *NAMES, *SEAT, "高度の種別", "高度の値", "設置位置", *CONTACT, "法人番号", "団体名", *_OPENING,
    "小児対応設備の有無", "URL", "画像1", "画像1_ライセンス", "画像2", "画像2_ライセンス", "外部利用不可", "備考",
)  # fmt: skip
PUBLIC_HEADER = (
    *HEAD, *NAMES, "名称_通称", "POIコード", *SEAT, *CONTACT, "法人番号", "団体名", *_OPENING, "説明",
    "バリアフリー情報", "アクセス方法", "駐車場情報", "URL", "備考",
)  # fmt: skip

_SPECIALITIES = ("内科", "小児科", "外科", "整形外科", "皮膚科", "眼科", "耳鼻咽喉科", "泌尿器科", "産婦人科", "精神科",
                 "脳神経外科", "循環器内科", "消化器内科", "呼吸器内科", "リハビリテーション科", "救急科")  # fmt: skip
_OWNERS = ("青空会", "潮風会", "若葉会", "翠松会", "白鷺会", "曙会", "清流会", "光風会")
_PUBLIC = (("小学校", "1303", 30), ("中学校", "1304", 16), ("公民館", "1202", 24), ("図書館", "1204", 10),
           ("市民センター", "1101", 14), ("体育館", "1401", 8), ("保育所", "1501", 34), ("支所", "1102", 6),
           ("福祉センター", "1601", 8))  # fmt: skip
_AED_PLACES = ("1階事務室前", "玄関ホール", "正面入口横", "2階受付", "体育館入口", "屋外ボックス")


def near_people(people: People, count: int, random: np.random.Generator, spread_m: float = 12.0) -> np.ndarray:
    """Places beside streets, likelier where more people live; each street at most once."""
    weight = people.persons.sum(axis=(1, 2)).astype(float)
    chosen = random.choice(len(weight), count, replace=False, p=weight / weight.sum())
    return beside(people.places[chosen], random, spread_m)


def medical_rows(people: People, towns: Towns, remark: str, random: np.random.Generator) -> Iterator[list[object]]:
    inhabited = people.places[people.persons.sum(axis=(1, 2)) > 15]
    large = beside(inhabited[scatter_count(inhabited, HOSPITALS, random)], random, 25.0)
    places = sites(np.concatenate((large, near_people(people, CLINICS, random))), towns, random)
    for number, place in enumerate(places, start=1):
        hospital = number <= HOSPITALS
        with_beds = not hospital and random.random() < 0.06
        first = _SPECIALITIES[int(random.integers(len(_SPECIALITIES) - 1))]
        many = random.choice(_SPECIALITIES, int(random.integers(6, 12)), replace=False).tolist()
        specialities = ["内科", *(name for name in many if name != "内科")] if hospital else [first]
        owner = f"医療法人{_OWNERS[number % len(_OWNERS)]}"
        name = f"{place.base_name}病院" if hospital else f"{place.base_name}{_short(first)}クリニック{number}"
        kind = "病院" if hospital else "有床診療所" if with_beds else "無床診療所"
        beds = int(random.integers(6, 46)) * 10 if hospital else int(random.integers(3, 20)) if with_beds else ""
        base = {1: "基幹災害拠点病院", 2: "地域災害拠点病院", 3: "地域災害拠点病院"}.get(number, "")
        hours = ("月火水木金土日", "00:00", "23:59") if number <= 6 else ("月火水金土", "09:00", "18:30")
        yield [
            CODE6, f"{number:04d}", CITY, name, "", "", kind, *place.seat(),
            telephone(1000 + number), "", "", "", "", "",
            telephone(5000 + number), "", owner, f"2809{number:05d}", *hours, "", "救急対応あり" if number <= 6 else "",
            ";".join(specialities), beds, base if hospital else "", "", "", remark,
        ]  # fmt: skip


def _short(speciality: str) -> str:
    return speciality.removesuffix("科")


def aed_rows(people: People, towns: Towns, remark: str, random: np.random.Generator) -> Iterator[list[object]]:
    """Rows of sheet 08; ten of the devices are not for outsiders, and the reader leaves them out."""
    places = sites(near_people(people, AEDS, random), towns, random)
    kinds = (
        "小学校",
        "公民館",
        "歯科医院",
        "薬局",
        "スーパー",
        "フィットネスクラブ",
        "集会所",
        "ホテル",
        "駅前交番",
        "会館",
    )
    for number, place in enumerate(places, start=1):
        kind = kinds[int(random.integers(len(kinds)))]
        whole_day = kind in ("ホテル", "駅前交番")
        hours = ("月火水木金土日", "00:00", "23:59") if whole_day else ("月火水木金", "09:00", "17:30")
        yield [
            CODE6, f"{number:04d}", CITY, f"{place.base_name}{kind}{number}", "", "", *place.seat(), "", "",
            _AED_PLACES[number % len(_AED_PLACES)], telephone(2000 + number), "", "", "", "", "", "", "",
            *hours, "" if whole_day else "祝日を除く", "有" if number % 3 else "無", "", "", "", "", "",
            "1" if number % 41 == 0 else "", remark,
        ]  # fmt: skip


def public_rows(people: People, towns: Towns, remark: str, random: np.random.Generator) -> Iterator[list[object]]:
    inhabited = people.places[people.persons.sum(axis=(1, 2)) > 8]
    places = sites(beside(inhabited[scatter_count(inhabited, PUBLIC_FACILITIES, random)], random, 20.0), towns, random)
    kinds = [(kind, code) for kind, code, count in _PUBLIC for _ in range(count)]
    used: dict[str, int] = {}
    for number, (place, (kind, code)) in enumerate(zip(places, kinds, strict=True), start=1):
        name = unique_name(used, f"{place.base_name}{kind}")
        yield [
            CODE6, f"{number:04d}", CITY, name, "", "", "", code, *place.seat(),
            telephone(3000 + number), "", "", "", "", "", "", "サンプル都市",
            "月火水木金", "09:00", "17:15", "", "", "", "", "", "", remark,
        ]  # fmt: skip


def unique_name(used: dict[str, int], name: str) -> str:
    """The name, with a number where it was used before."""
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name}第{used[name]}"


def site_of(place: Site, kind: str, used: dict[str, int]) -> str:
    """A name for a facility at this place that nothing else has."""
    return unique_name(used, f"{place.base_name}{kind}")
