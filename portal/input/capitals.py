"""Amounts in Chinese capitals (大写), which nobody alters by a stroke of the pen.

As the rules for filling in bills and vouchers want it (正确填写票据和结算凭证的基本规定):
壹 stands before 拾 as well; noughts between figures are one 零; after 元 a missing 角 before 分 is
零; what ends with 元 ends with 整, what goes on to 角 or 分 does not. Where the rules leave a 零
free (¥1,680.32, ¥107,000) there is none.
"""

FIGURES = "零壹贰叁肆伍陆柒捌玖"
STEPS = ("仟", "佰", "拾", "")
MOST = 10**18 - 1  # fen: above it 亿 would stand twice


def capitals(fen: int) -> str:
    """`壹仟肆佰零玖元伍角` for 140950. Raises ValueError below nothing and above MOST."""
    if not 0 <= fen <= MOST:
        raise ValueError(f"no amount of money: {fen}")
    yuan, rest = divmod(fen, 100)
    tenths, hundredths = divmod(rest, 10)
    whole = f"{_number(yuan)}元" if yuan else ""
    if not rest:
        return f"{whole or '零元'}整"
    said = f"{FIGURES[tenths]}角" if tenths else "零" if whole else ""
    return whole + said + (f"{FIGURES[hundredths]}分" if hundredths else "")


def _number(value: int) -> str:
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if value >= size:
            high, low = divmod(value, size)
            gap = "零" if low and (low < size // 10 or not high % 10**4) else ""
            return f"{_number(high)}{unit}{gap}{_number(low) if low else ''}"
    return _below_ten_thousand(value)


def _below_ten_thousand(value: int) -> str:
    said, gap = "", False
    for figure, step in zip(f"{value:04d}", STEPS, strict=True):
        if figure == "0":
            gap = bool(said)
            continue
        said += ("零" if gap else "") + FIGURES[int(figure)] + step
        gap = False
    return said
