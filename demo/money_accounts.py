"""The merchants and bank accounts of the demonstration's schemes: each has its own, with credentials of its own."""

from __future__ import annotations

from core.actors import Actor
from demo.schemes import FOUNDED_ON, SANMENXIA, ZHENGZHOU, DemoScheme
from payments.actions import open_money_account
from payments.models import MoneyAccount

# Which of the sandbox's credentials are whose: WECHAT_PAY_… and WECHAT_PAY_2_… (launch.demo_partners).
_NUMBERS = {SANMENXIA.code: "", ZHENGZHOU.code: "_2"}
_REFERENCES = {"PERSONAL_ACCOUNT": "NHSA", "WECHAT": "WECHAT_PAY", "BANK": "BANK"}


def open_demo_money_accounts(demo: DemoScheme) -> None:
    """Idempotent."""
    for channel, reference in _REFERENCES.items():
        code = f"{demo.code}-{channel.lower()}"
        if not MoneyAccount.objects.filter(code=code).exists():
            open_money_account(
                code=code,
                name=demo.name_zh,
                scheme=demo.code,
                channel=channel,
                reference=f"{reference}{_NUMBERS[demo.code]}",
                valid_from=FOUNDED_ON,
                actor=Actor.system("demo", "payments.open_account"),
            )
