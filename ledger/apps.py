from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from ledger import kinds
from ledger.checks import broker_options, document_templates, registered_names, retention_rows

RETENTION = (
    kinds.Retention(
        key="ledger.incident",
        model="ledger.Incident",
        fields=("detail", "note"),
        basis=(
            "网络安全法第二十一条：运行记录至少六个月",
            "Cybersecurity Law 21: operating records, at least six months",
        ),
        after=("处理完毕后；只含编号与错误说明", "after it was settled; holds ids and error texts only"),
        action="delete",
        days=365,
        rows="ledger.queries.old_incidents",
    ),
    kinds.Retention(
        key="ledger.storedfile",
        model="ledger.StoredFile",
        fields=("taken_lon", "taken_lat"),
        basis=("档案法第十四条：处置证据随案归档", "Archives Law 14: evidence of handling belongs to the file"),
        after=("仅工作人员现场照片；随案保存", "photos taken by staff only; kept with the case"),
        action="keep",
    ),
    kinds.Retention(
        key="ledger.importrun",
        model="ledger.ImportRun",
        fields=("id",),
        basis=("个人信息保护法第十九条：最短必要时间", "PIPL 19: the shortest time that is needed"),
        after=(
            "上传后仍未导入；加密的原始表格与错误清单删除，导入成功或取消的立即删除，仅留何人何时上传",
            "after an upload that was not taken over; the sealed sheet and its faults go, or at once when it was taken "
            "over or cancelled; who sent what and when stays",
        ),
        action="erase",
        days=30,
        rows="ledger.queries.old_sheets",
        handler="ledger.actions.erase_old_sheets",
    ),
    kinds.Retention(
        key="ledger.document",
        model="ledger.Document",
        fields=("sha256",),
        basis=("档案法第十四条：案卷归档保存", "Archives Law 14: files of public business are kept"),
        after=(
            "已签发的文书属于案卷，只含可公开或已遮盖的内容；撤销后仍可查验",
            "what was issued belongs to the file and holds public or masked values only; revoked ones stay checkable",
        ),
        action="keep",
    ),
)


OUTSIDE_TRANSACTIONS = (
    (
        "ledger.render",
        "ledger.actions.prepare_render",
        "ledger.actions.send_render",
        "ledger.actions.settle_render",
        "document",
    ),
    (
        "ledger.import",
        "ledger.actions.prepare_commit",
        "ledger.actions.read_for_commit",
        "ledger.actions.settle_commit",
        "import",
    ),
)
HOLIDAYS: dict[str, Any] = {
    "columns": "ledger.imports.holiday_columns",
    "check": "ledger.imports.check_holidays",
    "changes": "ledger.imports.holiday_changes",
    "commit": "ledger.actions.commit_holidays",
    "right": "calendar.edit",
    "name_zh": "节假日与调休工作日",
    "name_en": "Holidays and make-up days",
}


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        checks.register(registered_names)
        checks.register(broker_options)
        checks.register(document_templates)
        checks.register(retention_rows)
        kinds.register_handler("ledger.canary", handler="ledger.actions.sing", queue="route")
        kinds.register_handler("ledger.periodic", handler="ledger.actions.redeem_periodic", queue="route", batch=1)
        kinds.register_handler("ledger.retention", handler="ledger.actions.run_retention", queue="notify", batch=1)
        kinds.register_periodic("ledger.retention", handler="ledger.actions.due_retentions", seconds=3600)
        for queue in kinds.QUEUES:
            kinds.register_handler(
                f"ledger.job.{queue}",
                handler="ledger.actions.settle_job_step",
                prepare="ledger.actions.prepare_job",
                send="ledger.actions.run_job_step",
                queue=queue,
            )
        kinds.register_job(
            "ledger.simulation",
            step="ledger.actions.simulation_step",
            name_zh="规则试算",
            name_en="Simulation of rules",
        )
        for kind, prepare, send, handler, queue in OUTSIDE_TRANSACTIONS:
            kinds.register_handler(kind, prepare=prepare, send=send, handler=handler, queue=queue)
        kinds.register_job("ledger.import", step="ledger.actions.import_step", name_zh="读取表格", name_en="Sheet")
        kinds.register_job("ledger.export", step="ledger.actions.export_step", name_zh="导出文件", name_en="Export")
        kinds.register_periodic("ledger.erase_exports", handler="ledger.actions.erase_exports", seconds=3600)
        kinds.register_import("ledger.holidays", **HOLIDAYS)
        kinds.register_periodic("ledger.erase_sheets", handler="ledger.actions.erase_sheets", seconds=3600)
        kinds.register_periodic("ledger.reconcile", handler="ledger.actions.reconcile", seconds=300)
        kinds.register_periodic("ledger.tidy", handler="ledger.actions.tidy", seconds=3600)
        for row in RETENTION:
            kinds.add_retention(row)
        kinds.register_invariant("I5", "ledger.queries.invariant_files")
        kinds.register_invariant("I6", "ledger.queries.invariant_promises")
        kinds.register_invariant("I7", "ledger.queries.invariant_audit")
        kinds.register_city_part(
            "calendar", "ledger.actions.load_calendar", order=10, export="ledger.imports.export_calendar"
        )
