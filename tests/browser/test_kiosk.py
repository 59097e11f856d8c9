import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.fake_kiosk import FakeServer, facts, ticket

pytestmark = pytest.mark.browser

UPRIGHT, ACROSS = {"width": 1080, "height": 1920}, {"width": 1280, "height": 800}

AWAY = "取号机暂时连不上系统,请到引导台取号"

# What a finger or an old eye would trip over: targets under 96 px, type under 18 px, words cut off or off the screen.
STUMBLES = """() => {
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    if (!node.checkVisibility() || node.closest(".slip, .symbols, #csrf")) continue;
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    const name = `${node.tagName}#${node.id}.${node.className}`;
    const speaks = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (node.matches("button, a") && Math.min(box.width, box.height) < 95.5) found.push(`small ${name}`);
    if (speaks && parseFloat(style.fontSize) < 18) found.push(`tiny ${name}`);
    const may = style.display === "inline" || style.textOverflow === "ellipsis";
    if (speaks && !may && node.scrollWidth > node.clientWidth + 2) found.push(`cut ${name}`);
    if (box.right > innerWidth + 2 || box.bottom > innerHeight + 2) found.push(`outside ${name}`);
    if (style.overflowY === "hidden" && node.scrollHeight > node.clientHeight + 3) found.push(`hidden part ${name}`);
  }
  return [...new Set(found)];
}"""

VOICE = """
window.said = [];
const engine = { getVoices: () => [{ lang: "zh-CN", name: "test" }], addEventListener() {}, cancel() {},
                 speak(utterance) { window.said.push(utterance.text); } };
Object.defineProperty(window, "speechSynthesis", { get: () => engine });
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: class { constructor(text) { this.text = text; } } });
"""


@pytest.fixture
def server(new_context: Callable[..., BrowserContext]) -> FakeServer:
    return FakeServer(new_context(viewport=UPRIGHT, locale="zh-CN", reduced_motion="reduce"))


def choose(page: Page, group: str = "general") -> None:
    page.click(f"[data-code={group}]")


def type_digits(page: Page, digits: str) -> None:
    for digit in digits:
        page.click(f"#pad [data-key='{digit}']")


def take(page: Page) -> None:
    choose(page)
    page.click("#take")
    expect(page.locator("#number").filter(visible=True)).to_have_text("A012")


def open_and_stop_the_clock(server: FakeServer) -> Page:
    """From here on time passes only when the test says so."""
    noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
    server.page.clock.install(time=noon)
    page = server.open_kiosk()
    page.clock.pause_at(noon + timedelta(minutes=5))
    return page


def test_group_number_done_is_all_it_takes(server: FakeServer):
    page = server.open_kiosk()
    take(page)

    expect(page.locator("#ahead")).to_have_text("5 位")
    expect(page.locator("#wait")).to_have_text("12–20 分钟")
    expect(page.locator("#qr")).to_be_visible()
    assert [body for _, body in server.wishes] == [{"business": "general"}]
    page.wait_for_function("() => window.prints === 1")
    page.click("#done")
    expect(page.locator("#groups")).to_be_visible()
    assert server.faults == []


def test_groups_show_who_waits_and_how_long_and_follow_the_board(server: FakeServer):
    page = server.open_kiosk()
    line = page.locator("[data-code=general] .wait")
    expect(line).to_have_text("9 位等候约 12–20 分钟")

    fresh = dict(server.board, version=2)
    fresh["groups"] = [{**group, "waiting": 0, "estimated_wait_seconds": None} for group in fresh["groups"]]
    server.push(fresh)

    expect(line).to_have_text("无人等候时间暂无法估算")


def test_an_unknown_wait_is_said_and_never_invented(server: FakeServer):
    server.ticket = (201, ticket(estimated_wait_seconds=None))
    page = server.open_kiosk()
    take(page)

    expect(page.locator("#unknown")).to_have_text("暂时无法估算等候时间,请留意叫号")
    expect(page.locator("#wait-fact")).to_be_hidden()


def test_a_double_tap_is_one_wish(server: FakeServer):
    page = server.open_kiosk()
    choose(page)
    page.evaluate("() => { const button = document.getElementById('take'); button.click(); button.click(); }")

    expect(page.locator("#number")).to_have_text("A012")
    assert len(server.wishes) == 1


def test_a_lost_answer_is_asked_again_with_the_same_key(server: FakeServer):
    page = server.open_kiosk()
    server.drop_answers = 1
    take(page)

    assert len(server.wishes) == 2
    assert server.wishes[0] == server.wishes[1]


def test_while_answers_stay_lost_it_sends_people_to_the_greeter_and_goes_on_trying(server: FakeServer):
    page = server.open_kiosk()
    server.drop_answers = 3
    choose(page)
    page.click("#take")

    expect(page.locator("#away")).to_contain_text(AWAY)
    expect(page.locator("#away-more")).to_have_text("正在继续为您取号,连上后号码会显示在这里")
    expect(page.locator("#number")).to_have_text("A012", timeout=10000)
    expect(page.locator("#away")).to_be_hidden()
    assert len({key for key, _ in server.wishes}) == 1


def test_who_stops_waiting_gets_no_number_behind_the_back(server: FakeServer):
    page = server.open_kiosk()
    server.drop_answers = 99
    choose(page)
    page.click("#take")
    page.click("#give-up", timeout=10000)
    asked = len(server.wishes)
    page.wait_for_timeout(3500)

    assert len(server.wishes) <= asked + 1
    expect(page.locator("#number")).to_be_hidden()


def test_the_next_customer_is_a_new_wish(server: FakeServer):
    page = server.open_kiosk()
    take(page)
    page.click("#done")
    take(page)

    assert server.wishes[0][0] != server.wishes[1][0]


def test_a_server_that_is_away_is_said_calmly_and_its_return_is_noticed(server: FakeServer):
    page = server.open_kiosk()
    server.go_down()

    expect(page.locator("#away")).to_be_visible(timeout=5000)
    expect(page.locator("#away")).to_contain_text(AWAY)
    server.come_back()
    expect(page.locator("#away")).to_be_hidden(timeout=6000)
    take(page)


def test_a_junk_phone_is_refused_in_words_and_stays_typed(server: FakeServer):
    page = server.open_kiosk()
    choose(page)
    type_digits(page, "1380000")
    page.click("#take")

    expect(page.locator("#phone-trouble")).to_have_text("手机号应为 11 位数字,请核对。")
    expect(page.locator("#typed .filled")).to_have_text(list("1380000"))
    assert server.wishes == []


def test_a_refused_phone_stays_typed_and_going_without_it_is_a_new_wish(server: FakeServer):
    sentence = "这个手机号已有号码在等候,请先办完或取消原号码。"
    server.ticket = (409, {"code": "phone_has_number", "message": sentence})
    page = server.open_kiosk()
    choose(page)
    type_digits(page, "13800000001")
    page.click("#take")
    expect(page.locator("#phone-trouble")).to_have_text(sentence)
    expect(page.locator("#typed .filled")).to_have_count(11)

    server.ticket = (201, ticket())
    page.click("#pad [data-key=clear]")
    page.click("#take")

    expect(page.locator("#number")).to_have_text("A012")
    assert [body.get("phone") for _, body in server.wishes] == ["13800000001", None]
    assert server.wishes[0][0] != server.wishes[1][0]


def test_priority_help_is_one_tap_and_forgotten_for_the_next(server: FakeServer):
    page = server.open_kiosk()
    page.click("#lane-home")
    take(page)
    page.click("#done")
    take(page)

    assert [body.get("lane") for _, body in server.wishes] == ["green", None]


def test_what_needs_no_queue_is_told_first_and_nobody_is_turned_away(server: FakeServer):
    page = server.open_kiosk()
    choose(page, "payment")
    expect(page.locator("[data-screen=tip] h2")).to_have_text("这项业务自助机和手机上也能办,无需排队")
    expect(page.locator("#ways")).to_contain_text("自助交费机、手机 App")

    page.click("#tip-anyway")
    page.click("#take")

    expect(page.locator("#number")).to_be_visible()


@pytest.mark.parametrize(
    ("told", "sentence", "more"),
    [
        (facts(issuing=False), "今日取号已结束,营业到 18:00。交费可使用自助机", ""),
        (facts(issuing=False, open=False), "现在不在营业时间", "今天的营业时间:08:30–18:00"),
        (facts(issuing=False, open=False, hours=None), "现在不在营业时间", "今天不营业"),
    ],
)
def test_a_hall_that_gives_no_numbers_says_why(server: FakeServer, told: dict[str, Any], sentence: str, more: str):
    server.facts = (200, told)
    page = server.open_kiosk()

    expect(page.locator("#closed-text")).to_have_text(sentence)
    expect(page.locator("#closed-more")).to_have_text(more)
    expect(page.locator("#groups")).to_be_hidden()


def test_a_full_hall_says_so_and_lets_go(server: FakeServer):
    sentence = "当前等候的客户较多,暂停取号,请稍后再来或咨询引导员。"
    server.ticket = (409, {"code": "hall_full", "message": sentence})
    page = server.open_kiosk()
    choose(page)
    page.click("#take")
    expect(page.locator("#refused-text")).to_have_text(sentence)

    page.click("#language")

    expect(page.locator("#refused-text")).to_have_text(
        "The hall is full right now. Please try again later or see the greeter."
    )
    page.click("#refused-home")
    expect(page.locator("#groups")).to_be_visible()


def test_a_machine_that_was_unpaired_sends_customers_to_the_greeter(server: FakeServer):
    page = server.open_kiosk()
    server.facts = server.ticket = (401, {"detail": "设备未配对或令牌已失效,请重新配对。"})
    choose(page)
    page.click("#take")

    expect(page.locator("#unpaired")).to_contain_text("这台取号机需要重新配对")
    server.facts = (200, facts())
    expect(page.locator("#unpaired")).to_be_hidden(timeout=6000)


def test_nobody_touching_it_brings_back_the_start_after_a_countdown(server: FakeServer):
    page = open_and_stop_the_clock(server)
    page.click("#language")
    choose(page)
    type_digits(page, "138")
    page.clock.run_for(13500)
    expect(page.locator("#idle-words")).to_have_text(re.compile(r"^Back to start in [67] s$"))

    page.clock.run_for(7000)

    expect(page.locator("#groups")).to_be_visible()
    expect(page.locator("[data-screen=home] h2")).to_have_text("请选择要办理的业务")
    choose(page)
    expect(page.locator("#typed .filled")).to_have_count(0)


def test_a_touch_keeps_the_screen(server: FakeServer):
    page = open_and_stop_the_clock(server)
    choose(page)
    page.clock.run_for(15000)
    page.click("#stay")
    page.clock.run_for(400)
    expect(page.locator("#idle")).to_be_hidden()
    page.clock.run_for(15000)

    expect(page.locator("#pad")).to_be_visible()


def test_without_paper_nothing_prints_and_people_are_told(server: FakeServer):
    page = server.open_kiosk(paper_out=True)
    take(page)

    expect(page.locator("#paper-note")).to_have_text("打印机缺纸,请记下号码或扫码,工作人员马上过来")
    page.wait_for_timeout(300)
    assert page.evaluate("window.prints") == 0


def test_staff_hold_the_corner_to_say_that_paper_is_out_and_back(server: FakeServer):
    page = server.open_kiosk()
    for button in ("#paper-out", "#paper-in"):
        page.hover("#corner")
        page.mouse.down()
        expect(page.locator("#staff")).to_be_visible()
        page.mouse.up()
        with page.expect_response("**/pulse/"):
            page.click(button)
        expect(page.locator("#staff")).to_be_hidden()

    assert server.pulses == [{"paper_out": False}, {"paper_out": True}, {"paper_out": False}]


def test_a_greeters_browser_prints_only_when_asked(server: FakeServer):
    page = server.open_kiosk(is_paired=False)
    take(page)
    page.wait_for_timeout(300)
    assert page.evaluate("window.prints") == 0

    page.click("#again")

    page.wait_for_function("() => window.prints === 1")
    assert server.pulses == []


def test_the_slip_is_cut_to_its_own_length(server: FakeServer):
    page = server.open_kiosk()
    take(page)
    page.wait_for_function("() => document.adoptedStyleSheets.length")

    rule = page.evaluate("document.adoptedStyleSheets[0].cssRules[0].cssText")
    size = re.search(r"80mm (\d+)mm", rule)
    assert size is not None
    assert 90 <= int(size[1]) <= 150
    pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert pages == 1


def test_read_aloud_is_absent_without_a_voice(server: FakeServer):
    page = server.open_kiosk()

    expect(page.locator("#read")).to_be_hidden()


def test_read_aloud_says_the_number_as_it_will_be_called(server: FakeServer):
    server.page.add_init_script(VOICE)
    page = server.open_kiosk()
    page.click("#read")
    take(page)

    said = page.evaluate("window.said")
    assert said[-1] == "您的号码是 A 零幺二。 前面 5 位。 预计等候 12 到 20 分钟。 正在打印,请取走您的号码"


def test_large_type_is_larger(server: FakeServer):
    page = server.open_kiosk()
    size = "parseFloat(getComputedStyle(document.querySelector('.group-name')).fontSize)"
    before = page.evaluate(size)
    page.click("#large")

    assert page.evaluate(size) > before * 1.2


@pytest.mark.parametrize("size", [UPRIGHT, ACROSS], ids=["upright", "across"])
def test_every_screen_fits_fingers_and_old_eyes(new_context: Callable[..., BrowserContext], size: dict[str, int]):
    server = FakeServer(new_context(viewport=size, locale="zh-CN", reduced_motion="reduce"), fonts=True)
    page = server.open_kiosk()
    stumbles_on_every_face(page)
    choose(page, "payment")
    stumbles_on_every_face(page)
    page.click("#tip-anyway")
    type_digits(page, "138")
    page.click("#take")
    stumbles_on_every_face(page)
    page.click("#pad [data-key=clear]")
    page.click("#take")
    expect(page.locator("#number")).to_have_text("A012")
    stumbles_on_every_face(page)
    assert server.faults == []


def stumbles_on_every_face(page: Page) -> None:
    """Normal and large, Chinese and English; ends as it began."""
    for button in ("#large", "#language", "#large", "#language"):
        assert page.evaluate(STUMBLES) == []
        page.click(button)
