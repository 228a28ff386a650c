/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis of a container: its configuration, what that refers to, its last failed start. */
#include <net/if.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/doctor.h"
#include "core/failure.h"
#include "core/logfile.h"
#include "net/query.h"
#include "util/path.h"

/* Prefix of what is found: the container, if it is about one. */
#define OF(whose) (whose) ? (whose) : "", (whose) ? ": " : ""

static bool is_bridge(const struct net_link *link)
{
	return !strcmp(link->kind, "bridge") || !strcmp(link->kind, "openvswitch");
}

static void check_link(struct lxc_diagnosis *d, const struct doctor_check *c,
		       const struct nic *nic, const char *whose)
{
	const char *type = nic_type_names[nic->type];
	struct net_link link;
	_cleanup_buf_ struct buf remedy = {};

	if (net_host_link(nic->link, &link, NULL) < 0) {
		if (nic->type == NIC_VETH)
			buf_printf(&remedy,
				   "make it: ip link add %s type bridge; or change "
				   "lxc.net.%u.link",
				   nic->link, nic->index);
		else
			buf_printf(&remedy, "let lxc.net.%u.link name one of ip link",
				   nic->index);
		doctor_add(d, c, LXC_FINDING_PROBLEM, remedy.data,
			   "%s%s%s of lxc.net.%u.link does not exist", OF(whose),
			   nic->link, nic->index);
	} else if (nic->type == NIC_VETH && !nic->veth_router && !is_bridge(&link)) {
		doctor_add(d, c, LXC_FINDING_PROBLEM,
			   "let it name a bridge, or use macvlan or ipvlan",
			   "%s%s%s of lxc.net.%u.link is no bridge", OF(whose), nic->link,
			   nic->index);
	} else if (!(link.flags & IFF_UP)) {
		buf_printf(&remedy, "ip link set %s up", nic->link);
		doctor_add(d, c, LXC_FINDING_WARNING, remedy.data,
			   "%s%s%s of lxc.net.%u.link is down", OF(whose), nic->link,
			   nic->index);
	} else {
		doctor_ok(d, c, "%s%s%s %s for %s is up", OF(whose),
			  *link.kind ? link.kind : "interface", nic->link, type);
	}
}

static void check_links(struct lxc_diagnosis *d, const struct doctor_check *c,
			const struct conf *conf, const char *whose)
{
	for (const struct nic *nic = conf->nics; nic; nic = nic->next)
		if (*nic->link && nic->type != NIC_EMPTY && nic->type != NIC_NONE &&
		    nic->type != NIC_UNSET)
			check_link(d, c, nic, whose);
}

static const char *hint_of(const struct lxc_error *err)
{
	return err && err->hint ? err->text + err->hint : NULL;
}

static void add_error(struct lxc_diagnosis *d, const struct doctor_check *c,
		      const char *whose, struct lxc_error *err)
{
	const char *hint = hint_of(err);

	doctor_add(d, c, LXC_FINDING_PROBLEM,
		   hint ? hint : "see lxc.container.conf(5) for what may stand there",
		   "%s%s%s", OF(whose), err ? error_message(err) : "out of memory");
}

/* One finding for each line of text; false when there is none. */
static bool add_faults(struct lxc_diagnosis *d, const struct doctor_check *c,
		       const char *whose, char *text)
{
	bool any = false;

	for (char *line; (line = strsep(&text, "\n"));) {
		if (!*line)
			continue;
		any = true;
		doctor_add(d, c, LXC_FINDING_PROBLEM,
			   "see lxc.container.conf(5) for what may stand there", "%s%s%s",
			   OF(whose), line);
	}
	return any;
}

/* The configuration when it is without faults, otherwise NULL and they are found. */
static struct conf *load(struct lxc_diagnosis *d, const struct doctor_check *c,
			 const char *file, const char *whose)
{
	_cleanup_(conf_freep) struct conf *conf = conf_new();
	_cleanup_(error_freep) struct lxc_error *err = NULL;
	_cleanup_buf_ struct buf faults = {};

	/* as far as it can be read, for the name that it gives */
	int loaded = conf ? conf_load_file(conf, file, NULL) : -ENOMEM;
	if (conf && redact_add(&d->secrets, REDACT_HOST, conf->uts_name) < 0)
		d->failed = true;
	int r = conf_check_file(file, &faults, &err);
	if (r > 0 && add_faults(d, c, whose, faults.data))
		return NULL;
	if (r < 0 || loaded < 0) {
		add_error(d, c, whose, err);
		return NULL;
	}
	return steal_ptr(conf);
}

void doctor_config(struct lxc_diagnosis *d, const struct doctor_check *c,
		   const char *file, const char *whose)
{
	_cleanup_(conf_freep) struct conf *conf = load(d, c, file, whose);

	if (!conf)
		return;
	doctor_ok(d, c, "%s%s%s", OF(whose), file);
	check_links(d, c, conf, whose);
}

/* --- one container --- */

static const struct doctor_check configuration = { "container", "configuration" };
static const struct doctor_check network = { "container", "network" };
static const struct doctor_check root = {
	"container",
	"root file system",
	NULL,
	LXC_FINDING_PROBLEM,
	"create it, or let lxc.rootfs.path name one",
};
static const struct doctor_check last_start = { "container", "last start" };
static const struct doctor_check log_file = { "container", "log" };

static void check_start(struct lxc_diagnosis *d, const char *name,
			const struct conf *conf, const char *file)
{
	_cleanup_(error_freep) struct lxc_error *err = NULL;

	if (conf_check_start(conf, &err) < 0)
		add_error(d, &configuration, name, err);
	else
		doctor_ok(d, &configuration, "%s: %s", name, file);
}

static void check_root(struct lxc_diagnosis *d, const char *name, const struct conf *conf)
{
	const char *path = conf->rootfs_path;
	struct stat st;

	if (!path || *path != '/')
		return; /* the host's, or of a kind with a source that is no path */
	if (stat(path, &st) < 0)
		doctor_bad(d, &root, "%s: %s: %s", name, path, strerror(errno));
	else if (!S_ISDIR(st.st_mode) && !S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		doctor_bad(d, &root, "%s: %s can hold none", name, path);
	else
		doctor_ok(d, &root, "%s: %s", name, path);
}

static void check_last_start(struct lxc_diagnosis *d, const char *name)
{
	_cleanup_(failure_freep) struct lxc_failure *f = NULL;
	char when[32] = "?";
	struct tm tm;

	if (failure_load(d->lxcpath, name, &f) < 0) {
		doctor_ok(d, &last_start, "%s: none that failed", name);
		return;
	}
	time_t seconds = f->time;
	if (gmtime_r(&seconds, &tm))
		(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	const char *hint = hint_of(f->error);
	doctor_add(d, &last_start, LXC_FINDING_PROBLEM,
		   hint ? hint : "lxc-info --log shows what was logged",
		   "%s: failed at %s: %s", name, when, f->error->message);
}

static void check_log(struct lxc_diagnosis *d, const char *name, const struct conf *conf)
{
	_cleanup_free_ char *usual = logfile_usual(d->lxcpath, name);
	const char *file = conf->log_file ? conf->log_file : usual;
	struct stat st;

	if (!file)
		d->failed = true;
	else if (stat(file, &st) < 0)
		doctor_ok(d, &log_file, "%s: nothing was logged to %s", name, file);
	else
		doctor_ok(d, &log_file, "%s: %s has %lld bytes", name, file,
			  (long long)st.st_size);
}

void doctor_container(struct lxc_diagnosis *d, const char *name)
{
	_cleanup_buf_ struct buf file = {};

	buf_printf(&file, "%s/%s/config", d->lxcpath, name);
	if (buf_status(&file) < 0) {
		d->failed = true;
		return;
	}
	_cleanup_(conf_freep) struct conf *conf =
		load(d, &configuration, file.data, name);
	if (conf) {
		check_start(d, name, conf, file.data);
		check_root(d, name, conf);
		check_links(d, &network, conf, name);
		check_log(d, name, conf);
	}
	check_last_start(d, name);
}
