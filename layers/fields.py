"""Short ways to write a ``Field``, and the groups of fields that many layers share."""

from layers.model import CodeList, Field, FieldKind, Text


def text(
    name: str, ja: str, en: str, *, required: bool = False, public: bool = True, description: Text | None = None
) -> Field:
    """A field of one text."""
    return Field(
        name=name,
        kind=FieldKind.TEXT,
        title=Text(ja, en),
        required=required,
        public=public,
        description=description,
    )


def texts(name: str, ja: str, en: str, *, members: CodeList | None = None, description: Text | None = None) -> Field:
    """A field of several texts, or of several codes of one list."""
    return Field(name=name, kind=FieldKind.TEXT_LIST, title=Text(ja, en), members=members, description=description)


def moment(name: str, ja: str, en: str, *, required: bool = False, description: Text | None = None) -> Field:
    """A field of an instant."""
    return Field(name=name, kind=FieldKind.DATETIME, title=Text(ja, en), required=required, description=description)


def flag(name: str, ja: str, en: str, *, description: Text | None = None) -> Field:
    """A field that is true, false, or not stated."""
    return Field(name=name, kind=FieldKind.FLAG, title=Text(ja, en), description=description)


def code(name: str, codes: CodeList, *, required: bool = False, description: Text | None = None) -> Field:
    """A field of one code, titled as its list."""
    return Field(
        name=name, kind=FieldKind.CODE, title=codes.title, codes=codes, required=required, description=description
    )


def integer(
    name: str,
    ja: str,
    en: str,
    *,
    unit: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    description: Text | None = None,
) -> Field:
    """A field of one integer; both limits are inclusive, in ``unit``."""
    return Field(
        name=name,
        kind=FieldKind.INTEGER,
        title=Text(ja, en),
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        description=description,
    )


def number(
    name: str,
    ja: str,
    en: str,
    *,
    unit: str | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    required: bool = False,
    public: bool = True,
    description: Text | None = None,
) -> Field:
    """A field of one real number; both limits are inclusive, in ``unit``."""
    return Field(
        name=name,
        kind=FieldKind.NUMBER,
        title=Text(ja, en),
        unit=unit,
        minimum=minimum,
        maximum=maximum,
        required=required,
        public=public,
        description=description,
    )


def persons(name: str, ja: str, en: str) -> Field:
    """A number of persons, or of households."""
    return integer(name, ja, en, minimum=0)


ELEVATION = number(
    "elevation_m",
    "標高",
    "Elevation",
    unit="m",
    minimum=-10,
    maximum=3776,  # reclaimed land; the top of Mt Fuji
)
MUNICIPALITY_CODE = text(
    "municipality_code",
    "市区町村コード",
    "Municipality code",
    description=Text("JIS X 0402 の5桁。検査数字は含まない。", "Five digits of JIS X 0402, without the check digit."),
)
MUNICIPALITY = (
    MUNICIPALITY_CODE,
    text("municipality_name", "地方公共団体名", "Municipality"),
)
LOCAL_ID = text("local_id", "自治体ID", "Municipal id")
NAMES = (
    text("name", "名称", "Name", required=True),
    text("name_kana", "名称（カナ）", "Name in kana"),
    text("name_english", "名称（英字）", "Name in English"),
)
ADDRESS = (
    text("address", "住所", "Address"),
    text("building", "建物名等（方書）", "Building"),
    text("town_id", "町字ID", "Town id (Address Base Registry)"),
)
ADDRESS_PARTS = (
    Field(
        name="address_municipality_code",
        kind=FieldKind.TEXT,
        title=Text("所在地の市区町村コード", "Municipality code of the address"),
        description=MUNICIPALITY_CODE.description,
    ),
    text("address_prefecture", "所在地（都道府県）", "Address: prefecture"),
    text("address_city", "所在地（市区町村）", "Address: municipality"),
    text("address_town", "所在地（町字）", "Address: town"),
    text("address_lot", "所在地（番地以下）", "Address: lot and number"),
)
"""An address as open data takes it apart; absent where a source has it in one piece only."""
FURTHER_CONTACT = (
    text("contact_email", "連絡先メールアドレス", "Contact e-mail"),
    text("contact_remarks", "連絡先備考", "Contact remarks"),
    text("postal_code", "郵便番号", "Postal code"),
)
CONTACT = (
    text("telephone", "電話番号", "Telephone"),
    text("telephone_extension", "内線番号", "Extension"),
    text("contact_form_url", "連絡先フォームURL", "Contact form"),
    text("url", "URL", "URL"),
)
OPENING = (
    text("open_days", "利用可能曜日", "Days open"),
    Field(name="opens_at", kind=FieldKind.TIME, title=Text("開始時間", "Opens at")),
    Field(name="closes_at", kind=FieldKind.TIME, title=Text("終了時間", "Closes at")),
    text("opening_remarks", "利用可能日時特記事項", "Remarks on opening hours"),
)
ORGANISATION = (
    text("corporate_number", "法人番号", "Corporate number"),
    text("organisation", "団体名", "Organisation"),
)
RELEASED = flag(
    "public",
    "公開",
    "Public",
    description=Text(
        "はいのとき、保存と同時に庁外に公開する。空欄は公開しない。",
        "True: shown to the public as soon as it is saved. Absent: not shown.",
    ),
)
"""Of layers whose features are made public one by one (``Layer.released_by``)."""
REMARKS = text("remarks", "備考", "Remarks")
