"""What comes next in each state: the ordinary move, or a twist of the story."""

from collections.abc import Callable
from decimal import Decimal

from cases import actions as kernel
from events import actions
from govplatform.demo.moves import Scene, bearer, condition_of, proposed_department, release_photos

Doer = Callable[[Scene], None]


def reported(s: Scene) -> None:
    chief = s.step("chief")
    actor = s.actor("chief", "duty_chief", "cases.file") if chief else s.actor("intake", "acceptor", "cases.file")
    if s.wants("verify", "request_verification") and s.step("intake"):
        s.move("request_verification", s.actor("intake", "acceptor", "cases.file"))
    elif s.wants("reject"):
        actions.refuse_report(
            actor=actor,
            case_id=s.case.pk,
            expected_version=s.case.version,
            reason="与已立案件重复，已并案处理，请查看该件进展。",
        )
    elif s.wants("transfer"):
        actions.refuse_report(
            actor=actor, case_id=s.case.pk, expected_version=s.case.version, elsewhere=True,
            reason="属于物业服务纠纷，已转12345热线（示意）办理。",
        )  # fmt: skip
    else:
        actions.file_report(
            actor=actor, case_id=s.case.pk, expected_version=s.case.version, condition_id=condition_of(s)
        )


def verifying(s: Scene) -> None:
    actor = s.actor("verify", "duty_chief", "cases.verify")
    photos = [s.photo("report", actor)]
    actions.verify_on_site(
        actor=actor, case_id=s.case.pk, expected_version=s.case.version, found=True, note="现场属实", photos=photos
    )


def pending_dispatch(s: Scene) -> None:
    actor = s.actor("dispatch", "dispatcher", "cases.dispatch")
    if s.wants("return_to_acceptance"):
        s.move("return_to_acceptance", actor, note="类别有误，请核对后重新立案")
    elif s.wants("force", "force_close"):
        _force(s)
    else:
        actions.dispatch_report(
            actor=actor, case_id=s.case.pk, expected_version=s.case.version, department_id=proposed_department(s)
        )


def pending_handle(s: Scene) -> None:
    actor = s.actor("handle", "coordinator", "cases.coordinate")
    if actor.role != "coordinator":
        actor = s.cast.member(s.step("handle").department_id, "coordinator", s.chance) or actor  # type: ignore[union-attr]
    if s.wants("return_to_dispatch"):
        s.move("return_to_dispatch", actor, note="不属本单位职责，请改派")
    elif s.wants("suspend"):
        _suspend(s, actor)
    elif s.wants("urge"):
        kernel.urge(number=s.case.number, actor=bearer(s), note="请尽快处理")
    else:
        handler = s.cast.member(actor.department_id or 0, "handler", s.chance)
        if handler is None:
            s.move("return_to_dispatch", actor, note="本单位暂无处置人员，请改派")
            return
        s.move("assign", actor, holder_id=handler.user_id)


def _suspend(s: Scene, coordinator: object) -> None:
    step = s.step("suspension")
    if step is None:
        handle = s.step("handle")
        assert handle is not None  # noqa: S101 - the state has it
        s.move(
            "request_suspension", coordinator, assignment_id=handle.pk, expected_version=handle.version,  # type: ignore[arg-type]
            note="需纳入工程改造，年内实施",
        )  # fmt: skip
    else:
        chief = s.actor("suspension", "duty_chief", "cases.supervise")
        s.move("suspend", chief, assignment_id=step.pk, note="同意挂账，纳入改造计划")


def handling(s: Scene) -> None:
    handle = s.step("handle")
    assert handle is not None  # noqa: S101 - the state has it
    handler = s.cast.person(handle.holder_id or 0, "cases.handle")
    if s.wants("return_to_department"):
        s.move("return_to_department", handler, note="需要高空作业车，请另行安排")
    elif s.wants("delay", "grant_delay") or s.wants("refuse_delay"):
        _delay(s, handle.pk, handle.version)
    elif s.wants("force", "force_close"):
        _force(s)
    elif s.wants("reply", "answer") and s.story.source in ("public", "resident"):
        kernel.reply(actor=bearer(s), case_id=s.case.pk, text="补充：位置在路口东侧，早晚人多。")
    elif s.wants("supervise"):
        kernel.supervise(number=s.case.number, actor=s.cast.of_role("leader", s.chance), note="请抓紧办理")
    else:
        _finish(s)


def _delay(s: Scene, handle_id: int, version: int) -> None:
    step = s.step("delay")
    if step is None:
        handle = s.step("handle")
        coordinator = s.cast.member(handle.department_id if handle else 0, "coordinator", s.chance)
        s.move(
            "request_delay", coordinator or s.cast.of_role("coordinator", s.chance), assignment_id=handle_id,
            expected_version=version, note="配件需订货", data={"extension": "1"},
        )  # fmt: skip
        return
    granted = "delay" in s.story.twists
    actions.decide_delay(
        actor=s.actor("delay", "duty_chief", "cases.supervise"),
        case_id=s.case.pk,
        expected_version=step.version,
        assignment_id=step.pk,
        extension=Decimal(1) if granted else None,
        note="同意" if granted else "应有备件，按期完成",
    )


def _finish(s: Scene) -> None:
    handle = s.step("handle")
    handler = s.cast.person(handle.holder_id or 0, "cases.handle") if handle else s.cast.of_role("handler", s.chance)
    actions.finish_handling(
        actor=handler, case_id=s.case.pk, expected_version=s.case.version, note=s.story.subject.done,
        after=[s.photo("after", handler)], before=[s.photo("before", handler)],
    )  # fmt: skip


def _force(s: Scene) -> None:
    actions.force_close(
        actor=s.cast.of_role("duty_chief", s.chance), case_id=s.case.pk, expected_version=s.case.version,
        reason="该处已列入道路整体改造（示意），现有问题随工程一并解决。",
    )  # fmt: skip


def suspended(s: Scene) -> None:
    s.move("resume", s.actor("handle", "coordinator", "cases.coordinate"), note="材料到位，恢复处置")


def handled(s: Scene) -> None:
    handle = s.step("handle")
    actor = s.cast.member(handle.department_id if handle else 0, "coordinator", s.chance)
    actor = actor or s.cast.of_role("coordinator", s.chance)
    if s.wants("redo"):
        s.move("redo", actor, note="照片未见周边清理，请补充处理")
    else:
        s.move("confirm", actor)


def feedback(s: Scene) -> None:
    actor = s.actor("review", "dispatcher", "cases.dispatch")
    if s.wants("rework"):
        s.move("rework", actor, note="处置不彻底，请返工")
    else:
        s.move("request_check", actor)


def rework_pending(s: Scene) -> None:
    s.move("rework", s.actor("review", "dispatcher", "cases.dispatch"), note="核查未通过，请返工")


def checking(s: Scene) -> None:
    actor = s.actor("check", "duty_chief", "cases.check")
    passed = not s.wants("fail", "check_failed")
    actions.check_on_site(
        actor=actor, case_id=s.case.pk, expected_version=s.case.version, passed=passed,
        photos=[s.photo("check", actor)], note="" if passed else "现场仍未处理到位",
    )  # fmt: skip


def pending_close(s: Scene) -> None:
    actor = s.actor("close", "acceptor", "cases.file")
    checks = [name for name in s.done if name in ("check_passed", "check_failed")]
    if checks[-1] == "check_failed":
        s.move("send_back", actor, note="核查不通过，退回返工")
        return
    result = s.story.subject.result
    actions.close_report(actor=actor, case_id=s.case.pk, expected_version=s.case.version, result=result)


def after_closing(s: Scene) -> bool:
    """Rating, release, reopening. False when nothing is left to happen."""
    acceptor = s.cast.of_role("acceptor", s.chance)
    if s.wants("reopen"):
        actions.reopen_report(actor=bearer(s), case_id=s.case.pk, reason="过了一天又出现了，请再看看")
    elif s.story.score and not s.has("rate") and s.case.state == "closed":
        actions.rate_report(actor=bearer(s), case_id=s.case.pk, score=s.story.score)
    elif s.story.number % 3 == 0 and not s.has("release") and s.case.state == "closed":
        release_photos(s, acceptor)
    else:
        return False
    return True


BY_STATE: dict[str, Doer] = {
    "reported": reported,
    "verifying": verifying,
    "returned": reported,
    "pending_dispatch": pending_dispatch,
    "department_returned": pending_dispatch,
    "pending_handle": pending_handle,
    "handling": handling,
    "suspended": suspended,
    "handled": handled,
    "feedback": feedback,
    "rework_pending": rework_pending,
    "checking": checking,
    "pending_close": pending_close,
}
