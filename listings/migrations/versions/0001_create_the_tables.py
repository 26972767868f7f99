"""Create the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_login_attempt_email_digest_at"), ["email_digest", "at"], unique=False
        )

    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("locations_revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organization_public_id")),
    )
    op.create_table(
        "push_key",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("key", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "key_id", name=op.f("pk_push_key")),
    )
    op.create_table(
        "push_message",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "message_id", name=op.f("pk_push_message")),
    )
    with op.batch_alter_table("push_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_message_received_at"), ["received_at"], unique=False)

    op.create_table(
        "quota_bucket",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("window_seconds", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("free_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("source", "host", "holder", name=op.f("pk_quota_bucket")),
    )
    op.create_table(
        "schedule_slot",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule_slot")),
    )
    op.create_table(
        "source_gate",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("too_many", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source", "host", "holder", name=op.f("pk_source_gate")),
    )
    op.create_table(
        "worker_heartbeat",
        sa.Column("executor_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_job_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("executor_id", name=op.f("pk_worker_heartbeat")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_audit_entry_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_organization_id_at"), ["organization_id", "at"], unique=False
        )

    op.create_table(
        "body",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("compressed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_body_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "sha256", name=op.f("pk_body")),
    )
    op.create_table(
        "crawl_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed", sa.Integer(), nullable=False),
        sa.Column("checkpoint", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("outcomes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_crawl_run_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl_run")),
        sa.UniqueConstraint(
            "organization_id", "source", "slot", name=op.f("uq_crawl_run_organization_id_source_slot")
        ),
    )
    with op.batch_alter_table("crawl_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_crawl_run_organization_id_source_started_at"),
            ["organization_id", "source", "started_at"],
            unique=False,
        )

    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("answers", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_credential_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint(
            "organization_id", "source", "name", name=op.f("uq_credential_organization_id_source_name")
        ),
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_delivery_attempt_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_attempt_kind_subject_id"), ["kind", "subject_id"], unique=False
        )

    op.create_table(
        "display_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_display_permission_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_display_permission")),
    )
    with op.batch_alter_table("display_permission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_display_permission_organization_id_source"),
            ["organization_id", "source"],
            unique=False,
        )

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_import_run_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("special_hours", sa.String(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("tracking_phones", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("normal", sa.Text(), nullable=True),
        sa.Column("normal_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["location.id"], name=op.f("fk_location_duplicate_of_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_location_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_location_organization_id_code")),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_location_duplicate_of"), ["duplicate_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_location_normal_version"), ["normal_version"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_location_organization_id_revision"), ["organization_id", "revision"], unique=False
        )

    op.create_table(
        "match_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("match", sa.Double(), nullable=False),
        sa.Column("review", sa.Double(), nullable=False),
        sa.Column("former_match", sa.Double(), nullable=False),
        sa.Column("former_review", sa.Double(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_match_limits_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_limits")),
    )
    with op.batch_alter_table("match_limits", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_match_limits_organization_id_id"), ["organization_id", "id"], unique=False
        )

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("single_keys", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_person_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "source_state",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ill_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ill_outcome", sa.String(), nullable=True),
        sa.Column("ill_detail", sa.String(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_back", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("drift", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("quota_holder", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_source_state_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "source", name=op.f("pk_source_state")),
    )
    op.create_table(
        "widget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_widget_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_widget")),
        sa.UniqueConstraint("public_id", name=op.f("uq_widget_public_id")),
    )
    with op.batch_alter_table("widget", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_widget_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_withdrawal_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    with op.batch_alter_table("withdrawal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_withdrawal_organization_id_source_asked_at"),
            ["organization_id", "source", "asked_at"],
            unique=False,
        )

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("redirect_uri", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("credential_id", sa.Integer(), nullable=True),
        sa.Column("found", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credential.id"],
            name=op.f("fk_consent_credential_id_credential"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_consent_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_consent_state_hash")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_credential_id"), ["credential_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consent_organization_id_source_id"),
            ["organization_id", "source", "id"],
            unique=False,
        )

    op.create_table(
        "crawl_mark",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_crawl_mark_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_crawl_mark_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("source", "location_id", name=op.f("pk_crawl_mark")),
    )
    with op.batch_alter_table("crawl_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crawl_mark_location_id"), ["location_id"], unique=False)

    op.create_table(
        "given_url",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_given_url_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_given_url_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_url")),
        sa.UniqueConstraint("location_id", "source", name=op.f("uq_given_url_location_id_source")),
    )
    with op.batch_alter_table("given_url", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_given_url_organization_id_source_url"),
            ["organization_id", "source", "url"],
            unique=False,
        )

    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_change_run_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_change_run_id_row_number"), ["run_id", "row_number"], unique=False
        )

    op.create_table(
        "password_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_password_link_token_sha256")),
    )
    with op.batch_alter_table("password_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_location",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_person_location_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_location_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "location_id", name=op.f("pk_person_location")),
    )
    op.create_table(
        "run_fill",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("filled", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("apart", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_run_fill_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["crawl_run.id"], name=op.f("fk_run_fill_run_id_crawl_run")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_fill")),
    )
    with op.batch_alter_table("run_fill", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_run_fill_organization_id_source_run_id"),
            ["organization_id", "source", "run_id"],
            unique=False,
        )

    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader_version", sa.String(), nullable=False),
        sa.Column("final_url", sa.String(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("body_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_snapshot_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["crawl_run.id"], name=op.f("fk_snapshot_run_id_crawl_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_body_expires_at"), ["body_expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_snapshot_organization_id_sha256"), ["organization_id", "sha256"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_snapshot_organization_id_source_fetched_at"),
            ["organization_id", "source", "fetched_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_snapshot_organization_id_url_fetched_at"),
            ["organization_id", "url", "fetched_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_snapshot_run_id"), ["run_id"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_web_session_token_sha256")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("api_name", sa.String(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("record_hash", sa.String(), nullable=True),
        sa.Column("record_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("review_count", sa.Integer(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplied_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_listing_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_listing_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_listing_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint(
            "organization_id", "source", "source_id", name=op.f("uq_listing_organization_id_source_source_id")
        ),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_listing_organization_id_location_id_source"),
            ["organization_id", "location_id", "source"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_listing_record_expires_at"), ["record_expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_snapshot_id"), ["snapshot_id"], unique=False)

    op.create_table(
        "attribute_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_attribute_change_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_attribute_change_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_change")),
    )
    with op.batch_alter_table("attribute_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attribute_change_listing_id_state"), ["listing_id", "state"], unique=False
        )

    op.create_table(
        "duplicate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("other_location_id", sa.Integer(), nullable=True),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("other_listing_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_by", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_duplicate_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_duplicate_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_duplicate_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["other_listing_id"], ["listing.id"], name=op.f("fk_duplicate_other_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["other_location_id"], ["location.id"], name=op.f("fk_duplicate_other_location_id_location")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate")),
        sa.UniqueConstraint("organization_id", "pair", name=op.f("uq_duplicate_organization_id_pair")),
    )
    with op.batch_alter_table("duplicate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_duplicate_location_id"), ["location_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_duplicate_organization_id_state_id"),
            ["organization_id", "state", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_duplicate_other_listing_id"), ["other_listing_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_duplicate_other_location_id"), ["other_location_id"], unique=False
        )

    op.create_table(
        "listing_attributes",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_attributes_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_listing_attributes_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_listing_attributes_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listing_attributes")),
    )
    with op.batch_alter_table("listing_attributes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_attributes_snapshot_id"), ["snapshot_id"], unique=False)

    op.create_table(
        "match",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("candidates", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["duplicate_of"], ["listing.id"], name=op.f("fk_match_duplicate_of_listing")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_match_listing_id_listing")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_match_location_id_location")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_match_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_match")),
    )
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_match_duplicate_of"), ["duplicate_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_match_location_id"), ["location_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_match_organization_id_decision"), ["organization_id", "decision"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_match_organization_id_probability"),
            ["organization_id", "probability"],
            unique=False,
        )

    op.create_table(
        "mismatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("severity_rank", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("record_value", sa.String(), nullable=True),
        sa.Column("live_value", sa.String(), nullable=True),
        sa.Column("live_hash", sa.String(), nullable=False),
        sa.Column("value_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_pair", sa.String(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("seen_count", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_by", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_mismatch_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_mismatch_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_mismatch_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_mismatch_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mismatch")),
        sa.UniqueConstraint("listing_id", "field", name=op.f("uq_mismatch_listing_id_field")),
    )
    with op.batch_alter_table("mismatch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mismatch_location_id_state"), ["location_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mismatch_organization_id_state_severity_rank_last_seen_at_id"),
            ["organization_id", "state", "severity_rank", "last_seen_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_mismatch_snapshot_id"), ["snapshot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mismatch_value_expires_at"), ["value_expires_at"], unique=False)

    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader_version", sa.String(), nullable=False),
        sa.Column("record_hash", sa.String(), nullable=False),
        sa.Column("record", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_observation_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_observation_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_observation_snapshot_id_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    with op.batch_alter_table("observation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_observation_listing_id_observed_at"), ["listing_id", "observed_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_observation_snapshot_id"), ["snapshot_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_review_id", sa.String(), nullable=False),
        sa.Column("api_name", sa.String(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("original_text", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("identity_hash", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_runs", sa.Integer(), nullable=False),
        sa.Column("vanished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplied_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["assigned_to"], ["person.id"], name=op.f("fk_review_assigned_to_person")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_review_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_review_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_review_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "source_review_id",
            name=op.f("uq_review_organization_id_source_source_review_id"),
        ),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_review_listing_id_vanished_at"), ["listing_id", "vanished_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_location_id_written_at"), ["location_id", "written_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_identity_hash"),
            ["organization_id", "identity_hash"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_organization_id_status_written_at_id"),
            ["organization_id", "status", "written_at", "id"],
            unique=False,
        )

    op.create_table(
        "review_pass",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unseen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_review_pass_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_review_pass")),
    )
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_verdict_listing_id_listing")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_verdict_location_id_location")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_verdict_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_verdict_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("listing_id", "location_id", name=op.f("uq_verdict_listing_id_location_id")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "duplicate_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duplicate_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("previous_state", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["duplicate_id"], ["duplicate.id"], name=op.f("fk_duplicate_event_duplicate_id_duplicate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_event")),
    )
    with op.batch_alter_table("duplicate_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_duplicate_event_duplicate_id_at"), ["duplicate_id", "at"], unique=False
        )

    op.create_table(
        "fix",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("mismatch_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("replaces_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["mismatch_id"], ["mismatch.id"], name=op.f("fk_fix_mismatch_id_mismatch")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_fix_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fix")),
    )
    with op.batch_alter_table("fix", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fix_mismatch_id"), ["mismatch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_fix_organization_id_state"), ["organization_id", "state"], unique=False
        )

    op.create_table(
        "mismatch_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mismatch_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("previous_state", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["mismatch_id"], ["mismatch.id"], name=op.f("fk_mismatch_event_mismatch_id_mismatch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mismatch_event")),
    )
    with op.batch_alter_table("mismatch_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mismatch_event_mismatch_id_at"), ["mismatch_id", "at"], unique=False
        )

    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_state", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_reply_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_reply_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint("review_id", name=op.f("uq_reply_review_id")),
    )
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reply_organization_id_state"), ["organization_id", "state"], unique=False
        )

    op.create_table(
        "review_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_event_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_event")),
    )
    with op.batch_alter_table("review_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_event_review_id"), ["review_id"], unique=False)

    op.create_table(
        "review_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_note_person_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_note_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_note_review_id"), ["review_id"], unique=False)

    op.create_table(
        "review_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_version_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_version")),
    )
    with op.batch_alter_table("review_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_version_review_id"), ["review_id"], unique=False)
