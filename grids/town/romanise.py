"""Pinyin names of places, made once when data are built and then committed; not used at run time."""

from pypinyin import lazy_pinyin, load_single_dict

# readings in surnames and place names that differ from the most frequent one; phrases such as 解放 keep theirs
load_single_dict(
    {ord(sign): sound for sign, sound in zip("翟都查单解仇", ("zhái", "dū", "zhā", "shàn", "xiè", "qiú"), strict=True)}
)

# the generic part of a name is translated, the rest is spelt; longest ending first
GENERIC = (
    ("社区居民委员会", "Community"),
    ("社区居委会", "Community"),
    ("社区村委会", "Community"),
    ("居民委员会", "Community"),
    ("村民委员会", "Village"),
    ("居委会", "Community"),
    ("村委会", "Village"),
    ("社区", "Community"),
    ("街道", "Subdistrict"),
    ("大道", "Avenue"),
    ("广场", "Square"),
    ("村", "Village"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("区", "District"),
    ("县", "County"),
    ("市", "City"),
    ("路", "Road"),
    ("街", "Street"),
    ("巷", "Lane"),
    ("河", "River"),
)


def spell(text: str) -> str:
    """One capitalised word in pinyin without tones; an apostrophe where a syllable begins with a vowel (Tai'an)."""
    syllables = lazy_pinyin(text, v_to_u=True)
    word = "".join("'" + part if place and part[:1] in "aeo" else part for place, part in enumerate(syllables))
    return word[:1].upper() + word[1:]


def romanise(name: str) -> str:
    """Pinyin name with its generic part in English: 岱庙街道 becomes "Daimiao Subdistrict"."""
    for ending, english in GENERIC:
        stem = name.removesuffix(ending)
        if stem and stem != name:
            return f"{spell(stem)} {english}"
    return spell(name)
