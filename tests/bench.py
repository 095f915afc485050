"""`make bench`: what a resident waits for an answer, and how many are answered a second.

Speaks to the running demo house as browsers do, over HTTP through web, gateway, language server, action
server and database. Stays below the limit for one address, so it is short; never for production.
"""

import asyncio
import secrets
import sys
import time
from statistics import median, quantiles

import httpx

from ticketing.settings import Settings

QUESTIONS = (
    "低保怎么申请",
    "要带什么材料",
    "临时救助能领多少钱",
    "结婚登记要带户口本吗",
    "孤儿的基本生活费去哪里领",
    "残疾人两项补贴多久发一次",
    "火化要办什么手续",
    "我想找人说说话",
)
#: A browser may send ten at once and an address a hundred.
VISITORS = 8
WARM_UP, ROUNDS = 1, 9
ANSWERED_WITHIN_S = 30.0


async def main() -> None:
    """Measure one visitor alone, then all of them together."""
    settings = Settings.from_env()
    if settings.is_production:
        sys.exit("The bench writes messages into the ledger: only for HOTLINE_ENV=demo.")
    alone = await visit(settings.web_url, 0)
    began = time.perf_counter()
    together = await asyncio.gather(*(visit(settings.web_url, number) for number in range(1, VISITORS)))
    took = time.perf_counter() - began
    waits = [wait for one in together for wait in one]
    report("one visitor", alone)
    report(f"{len(together)} visitors together", waits)
    sys.stdout.write(f"replies a second together: {len(waits) / took:.1f}\n")


async def visit(url: str, number: int) -> list[float]:
    """Seconds of each answer to one browser, the first one left out."""
    waits = []
    async with httpx.AsyncClient(base_url=url, timeout=ANSWERED_WITHIN_S, trust_env=False) as browser:
        await browser.get("/")
        for turn in range(WARM_UP + ROUNDS):
            text = QUESTIONS[(number + turn) % len(QUESTIONS)]
            began = time.perf_counter()
            answer = await browser.post(
                "/api/chat",
                json={"id": secrets.token_urlsafe(12), "text": text},
                headers={"Origin": url, "Sec-Fetch-Site": "same-origin"},
            )
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                sys.exit("This address has just said too much; try again in half a minute.")
            answer.raise_for_status()
            if turn >= WARM_UP:
                waits.append(time.perf_counter() - began)
    return waits


def report(name: str, waits: list[float]) -> None:
    """One line: how many, half of them faster than, nineteen of twenty faster than."""
    slow = quantiles(waits, n=20)[-1]
    sys.stdout.write(
        f"{name}: {len(waits)} answers, p50 {median(waits) * 1000:.0f} ms, p95 {slow * 1000:.0f} ms\n"
    )


if __name__ == "__main__":
    asyncio.run(main())
