/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <lxc/doctor.h>: what is wrong with this machine and its containers. */
#include <lxc/doctor.h>
#include <string.h>

#include "api/handle.h"
#include "core/doctor.h"

LXC_API struct lxc_diagnosis *lxc_diagnosis_new(const char *lxcpath, const char *name)
{
	struct lxc_diagnosis *d = NULL;
	struct lxc_error *err = NULL;
	int r = doctor_run(lxcpath, name, &d, &err);

	if (r < 0)
		(void)api_fail(&err, r);
	return d;
}

LXC_API void lxc_diagnosis_free(struct lxc_diagnosis *diagnosis)
{
	(void)doctor_free(diagnosis);
}

LXC_API size_t lxc_diagnosis_size(const struct lxc_diagnosis *diagnosis)
{
	return diagnosis ? diagnosis->n : 0;
}

static const struct finding *at(const struct lxc_diagnosis *d, size_t index)
{
	return index < lxc_diagnosis_size(d) ? &d->list[index] : NULL;
}

LXC_API enum lxc_finding_status lxc_diagnosis_worst(const struct lxc_diagnosis *diagnosis)
{
	enum lxc_finding_status worst = LXC_FINDING_OK;

	for (size_t i = 0; i < lxc_diagnosis_size(diagnosis); i++)
		worst = MAX(worst, diagnosis->list[i].status);
	return worst;
}

LXC_API enum lxc_finding_status
lxc_diagnosis_status(const struct lxc_diagnosis *diagnosis, size_t index)
{
	const struct finding *f = at(diagnosis, index);

	return f ? f->status : LXC_FINDING_OK;
}

LXC_API const char *lxc_diagnosis_subject(const struct lxc_diagnosis *diagnosis,
					  size_t index)
{
	const struct finding *f = at(diagnosis, index);

	return f ? f->subject : NULL;
}

LXC_API const char *lxc_diagnosis_check(const struct lxc_diagnosis *diagnosis,
					size_t index)
{
	const struct finding *f = at(diagnosis, index);

	return f ? f->check : NULL;
}

LXC_API const char *lxc_diagnosis_found(const struct lxc_diagnosis *diagnosis,
					size_t index)
{
	const struct finding *f = at(diagnosis, index);

	return f ? f->found : NULL;
}

LXC_API const char *lxc_diagnosis_remedy(const struct lxc_diagnosis *diagnosis,
					 size_t index)
{
	const struct finding *f = at(diagnosis, index);

	return f ? f->remedy : NULL;
}

LXC_API const char *lxc_finding_status_name(enum lxc_finding_status status)
{
	static const char *const names[] = {
		[LXC_FINDING_OK] = "ok",
		[LXC_FINDING_WARNING] = "warning",
		[LXC_FINDING_PROBLEM] = "problem",
	};

	return (size_t)status < ARRAY_SIZE(names) ? names[status] : "unknown";
}

/* A member of a finding that may tell names. */
static void add_text(struct buf *out, const char *key, const char *text,
		     const struct redact *secrets)
{
	_cleanup_buf_ struct buf redacted = {};

	buf_printf(out, ",\"%s\":", key);
	if (text && secrets) {
		redact_text(secrets, text, &redacted);
		out->failed |= redacted.failed;
		text = redacted.data;
	}
	buf_json(out, text);
}

static void add_finding(struct buf *out, const struct finding *f,
			const struct redact *secrets)
{
	buf_str(out, "{\"subject\":");
	buf_json(out, f->subject);
	buf_str(out, ",\"check\":");
	buf_json(out, f->check);
	buf_str(out, ",\"status\":");
	buf_json(out, lxc_finding_status_name(f->status));
	add_text(out, "found", f->found, secrets);
	add_text(out, "remedy", f->remedy, secrets);
	buf_char(out, '}');
}

LXC_API char *lxc_diagnosis_json(const struct lxc_diagnosis *diagnosis, bool redacted)
{
	_cleanup_buf_ struct buf out = {};

	buf_printf(&out,
		   "{\"version\":\"" LXC_VERSION
		   "\",\"redacted\":%s,\"status\":\"%s\",\"findings\":[",
		   redacted ? "true" : "false",
		   lxc_finding_status_name(lxc_diagnosis_worst(diagnosis)));
	for (size_t i = 0; i < lxc_diagnosis_size(diagnosis); i++) {
		if (i > 0)
			buf_char(&out, ',');
		add_finding(&out, &diagnosis->list[i],
			    redacted ? &diagnosis->secrets : NULL);
	}
	buf_str(&out, "]}");
	return buf_steal(&out);
}
