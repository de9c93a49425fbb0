"""P28: seeded secrets go in through every door and are found in clear in no log, broker, address, browser or dump."""

import json
import re
from typing import Any

from playwright.sync_api import sync_playwright

from accounts.rules import CODE_DIGITS
from tests.faults import page
from tests.faults.canary import Listener, dump, logs, singing
from tests.faults.doors import Applications, Sheets
from tests.faults.rig import Rig, wait_until
from tests.faults.web import PASSWORD, Web

CHROMIUM = "/usr/bin/chromium"
SECRETS = {
    "name": "金丝雀示例",
    "reporter's name": "白鹦鹉示例",
    "right name": "黄鹂示例",
    "right citizen number": "379999200501030873",
    "citizen number": "379999196001010017",
    "phone": "16100987601",
    "phone of the report": "16100987602",
    "phone of the caller": "16100987603",
    "phone by API": "16100987604",
    "claimant's name": "画眉示例",
    "claimant's phone": "16100987605",
    "claimant's words": "百灵鸟说工资没有发",
    "worker's name": "云雀示例",
    "worker's number": "379999195712055591",
    "worker's words": "夜莺说一分钱也没有收到",
    "address": "金丝雀巷九十七号",
    "password": "Canary-Password-91c7",
}
CODES = "SELECT body FROM accounts_standinmessage WHERE idempotency_key LIKE 'accounts.send_code:%' ORDER BY id DESC"
# what a case says belongs to its file, in clear; the stand-in for the SMS gateway shows the code it would have sent;
# the session table is its own key
NOT_SEALED = ("claimant's words", "worker's words", "code", "session")
STORAGE = """async () => {
  const stores = [];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    for (const store of db.objectStoreNames) {
      stores.push(await new Promise(done => {
        const r = db.transaction(store).objectStore(store).getAll();
        r.onsuccess = () => done(JSON.stringify(r.result)); }));
    }
  }
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) cached.push(request.url, await (await cache.match(request)).text());
  }
  return JSON.stringify({local: {...localStorage}, session: {...sessionStorage}, stores, cached});
}"""


def by_form(rig: Rig, base: str) -> dict[str, str]:
    """Public report, hotline, wrong password, forged form, a page that is not there. Returns more secrets."""
    place = rig.client["places"][0]
    where = {"lon": str(place[0]), "lat": str(place[1]), "datum": "wgs84"}
    what = {**where, "address": "示范路口", "category": rig.client["categories"][0]}
    contact = {"name": SECRETS["reporter's name"], "phone": SECRETS["phone of the report"], "notice": "report/1"}
    link, text = Web(base).post("/report/", {**what, "step": "contact", "submission_key": "canary-1", **contact})
    assert "/track/" in link, text[:300]
    officer = Web(base)
    officer.post("/accounts/login/", {"login": "acceptor", "password": SECRETS["password"]})
    officer.post("/accounts/login/", {"login": "acceptor", "password": PASSWORD})
    caller = {"name": SECRETS["name"], "phone": SECRETS["phone of the caller"], "notice": "hotline/1"}
    case, text = officer.post("/desk/register/", {**what, "submission_key": "canary-2", **caller})
    assert "/desk/cases/" in case, text[:300]
    Web(base).post("/accounts/phone/", {"phone": SECRETS["phone"]}, token=False)  # a forged form: 403
    Web(base).post("/nowhere/", {"name": SECRETS["name"]}, page="/report/")
    session = next(cookie.value for cookie in officer.jar if cookie.name == "sessionid")
    return {"tracking token": link.rstrip("/").rpartition("/")[2], "session": session or "-"}


def by_doors(rig: Rig) -> list[str]:
    """A report by the API, a claim without an account, an application with a paper, a wage sheet. Their keys."""
    line, keys = rig.driver.line(), rig.keys("canary", 3, kinds=["report", "claim", "application"], sheets=1)
    sheet, report, claim, application = keys
    contact = {"name": SECRETS["name"], "phone": SECRETS["phone by API"]}
    assert rig.doors["report"].send(line, report, contact=contact).status == 201  # type: ignore[arg-type]
    said = {
        "name": SECRETS["claimant's name"], "phone": SECRETS["claimant's phone"],
        "description": SECRETS["claimant's words"],
    }  # fmt: skip
    assert rig.doors["claim"].send(line, claim, **said).status == 302
    elder = {"name": SECRETS["name"], "id_number": SECRETS["citizen number"], "phone": SECRETS["phone of the report"]}
    typed = {"address": SECRETS["address"], **{f"elder.{part}": text for part, text in elder.items()}}
    services, wages = rig.doors["application"], rig.doors["sheet"]
    assert isinstance(services, Applications) and isinstance(wages, Sheets)
    assert services.apply(line, application, **typed).status == 302
    wages.upload(line, sheet, worker=(SECRETS["worker's name"], SECRETS["worker's number"], SECRETS["phone"]))
    wait_until(lambda: wages.send(line, sheet).status == 200, within=30, what="the sheet is taken over", every=0.2)
    return keys


def in_browser(rig: Rig, base: str) -> tuple[dict[str, str], str, list[str]]:
    """Sign-in by phone, a no to the own wages, "My data", a request, in Chromium. Returns secrets, what the browser
    keeps, addresses."""
    addresses: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(locale="zh-CN")
        tab = context.new_page()
        tab.on("request", lambda request: addresses.append(request.url))
        tab.goto(f"{base}/accounts/phone/")
        tab.fill("input[name=phone]", SECRETS["phone"])
        before = len(rig.rows(CODES))
        tab.click("main button.btn-primary")
        wait_until(lambda: len(rig.rows(CODES)) > before, within=20, what="code")
        code = re.findall(rf"\d{{{CODE_DIGITS}}}", rig.rows(CODES)[0][0])[0]
        tab.fill("input[name=code]", code)
        tab.click("main button.btn-primary")
        tab.goto(f"{base}/wages/mine/")
        tab.click("main a[href*='/dispute/'] >> nth=0")
        tab.check("input[name=matter][value=not_paid]")
        tab.fill("textarea[name=text]", SECRETS["worker's words"])
        tab.click("main form button.btn-primary")
        tab.wait_for_url("**/track/**")
        tab.goto(f"{base}/my-data/")
        tab.check("input[value=correct_name]")
        tab.fill("input[name=right_name]", SECRETS["right name"])
        tab.click("main .formbox button.btn-primary")
        tab.wait_for_url("**/track/**")
        token = tab.url.rstrip("/").rpartition("/")[2]
        tab.goto(f"{base}/my-data/")
        tab.check("input[value=correct_id]")
        tab.fill("input[name=right_id]", SECRETS["right citizen number"])
        tab.click("main .formbox button.btn-primary")
        tab.wait_for_url("**/track/**")
        more = tab.url.rstrip("/").rpartition("/")[2]
        tab.goto(f"{base}/my-data/")
        kept = json.dumps(tab.evaluate(STORAGE)) + json.dumps(context.cookies())
        browser.close()
    return {"code": code, "second tracking token": token, "third tracking token": more}, kept, addresses


def test_p28_no_secret_is_found_in_clear_outside_its_sealed_place(rig: Rig) -> None:
    listener = Listener(rig)
    secrets: dict[str, Any] = {**SECRETS, "API token": rig.client["token"], **by_form(rig, rig.base)}
    doors = by_doors(rig)
    found, kept, addresses = in_browser(rig, rig.base)
    secrets |= found
    rig.wait_quiet()
    private = {name: secret for name, secret in secrets.items() if "token" not in name or name == "API token"}
    seen = {
        "log": singing(logs(rig), secrets),
        "broker": singing(listener.stop(), secrets),
        "addresses": singing("\n".join(addresses), private),  # the private link is an address, and a secret of its own
        "browser": singing(kept, private),
        "dump": singing(dump(rig), {name: secret for name, secret in secrets.items() if name not in NOT_SEALED}),
    }
    assert seen == {place: [] for place in seen}
    page.note("P28", "canaries", f"{len(secrets)} secrets by {len(doors) + 4} doors: 0 found in {len(seen)} places")
