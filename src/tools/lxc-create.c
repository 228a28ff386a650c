/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Create a container from a template. */
#include "tool.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *arg_config, *arg_template, *arg_storage, *arg_size;
static const char *arg_dir, *arg_fstype, *arg_zfsroot;
static const char *arg_lv, *arg_vg, *arg_thinpool;
static const char *arg_rbdname, *arg_rbdpool, *arg_rbduser;

/* clang-format off */
static const struct tool_option options[] = {
	OPT_TEXT('f', "config",   "CONFIG",   &arg_config,   "Initial configuration file"),
	OPT_TEXT('t', "template", "TEMPLATE", &arg_template, "Template to use to setup container, or \"none\""),
	OPT_TEXT('B', "bdev",     "BDEV",     &arg_storage,  "Backing store type to use: dir, btrfs, loop, lvm,\noverlay, rbd, zfs, best (default: dir)"),
	OPT_TEXT(0,   "dir",      "DIR",      &arg_dir,      "Place rootfs directory under DIR"),
	OPT_HEADING("With -B lvm (defaults: container name, lxc, lxc)"),
	OPT_TEXT(0,   "lvname",   "LVNAME",   &arg_lv,       "Use LVM lv name LVNAME"),
	OPT_TEXT(0,   "vgname",   "VG",       &arg_vg,       "Use LVM vg called VG"),
	OPT_TEXT(0,   "thinpool", "TP",       &arg_thinpool, "Use LVM thin pool called TP"),
	OPT_HEADING("With -B rbd (defaults: container name, lxc, unset)"),
	OPT_TEXT(0,   "rbdname",  "RBDNAME",  &arg_rbdname,  "Use Ceph RBD name RBDNAME"),
	OPT_TEXT(0,   "rbdpool",  "POOL",     &arg_rbdpool,  "Use Ceph RBD pool name POOL"),
	OPT_TEXT(0,   "rbduser",  "USER",     &arg_rbduser,  "Use Ceph user USER"),
	OPT_HEADING("With -B zfs"),
	OPT_TEXT(0,   "zfsroot",  "PATH",     &arg_zfsroot,  "Create zfs under given zfsroot"),
	OPT_HEADING("With -B lvm, loop or rbd"),
	OPT_TEXT(0,   "fstype",   "TYPE",     &arg_fstype,   "Create fstype TYPE (default: ext4)"),
	OPT_TEXT(0,   "fssize",   "SIZE[U]",  &arg_size,     "Create filesystem of SIZE times U (bBkKmMgGtT,\ndefault M; default size: 1G)"),
	OPT_REST("[-- TEMPLATE-OPTION...]"),
	TOOL_CONTAINER,
	TOOL_END
};

enum { LVM = 1, RBD = 2, ZFS = 4, BLOCK = 8, OTHER = 16 };

static const struct {
	const char *name;
	int accepts;
} storages[] = {
	{ "dir", OTHER },  { "btrfs", OTHER }, { "loop", BLOCK },      { "lvm", LVM | BLOCK },
	{ "nbd", OTHER },  { "none", OTHER },  { "overlay", OTHER },   { "overlayfs", OTHER },
	{ "zfs", ZFS },    { "_unset", OTHER },{ "rbd", RBD | BLOCK }, { "best", LVM | RBD | ZFS | BLOCK },
};
/* clang-format on */

/* What options a type of storage accepts, or 0 when there is no such type. */
static int storage_accepts(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(storages) / sizeof(*storages); i++)
		if (strlen(storages[i].name) == n &&
		    strncmp(storages[i].name, name, n) == 0)
			return storages[i].accepts;
	return 0;
}

static int check_storage(struct tool *t)
{
	int accepts = OTHER;

	for (const char *name = arg_storage; name && *name;) {
		size_t n = strcspn(name, ",");
		int more = storage_accepts(name, n);

		if (!more)
			return tool_error(
				tool_hint(
					t,
					"use dir, btrfs, loop, lvm, overlay, rbd, zfs or best"),
				"%.*s is not a valid backing storage type", (int)n, name);
		accepts |= more;
		name += n + (name[n] == ',');
	}
	if ((arg_fstype || arg_size) && !(accepts & BLOCK))
		return tool_error(
			t, "Filesystem type and size are only valid with block devices");
	if ((arg_lv || arg_vg || arg_thinpool) && !(accepts & LVM))
		return tool_error(
			t,
			"--lvname, --vgname and --thinpool are only valid with -B lvm");
	if ((arg_rbdname || arg_rbdpool || arg_rbduser) && !(accepts & RBD))
		return tool_error(t,
				  "--rbdname and --rbdpool are only valid with -B rbd");
	if (arg_zfsroot && !(accepts & ZFS))
		return tool_error(t, "zfsroot is only valid with -B zfs");
	if (arg_dir && *arg_dir != '/')
		return tool_error(t, "--dir should use absolute path");
	return 0;
}

static int parse_size(struct tool *t, uint64_t *ret_bytes)
{
	static const char units[] = "bkmgt";
	char *end;

	if (!arg_size)
		return 0;
	errno = 0;
	unsigned long long number = strtoull(arg_size, &end, 10);
	const char *unit = *end ? strchr(units, tolower((unsigned char)*end))
				: strchr(units, 'm');
	uint64_t scale = unit ? UINT64_C(1) << 10 * (unit - units) : 0;

	if (errno || !isdigit((unsigned char)*arg_size) || !unit || (*end && end[1]) ||
	    number > UINT64_MAX / scale)
		return tool_error(
			tool_hint(t, "use a number and a unit of bkmgt: 500M, 2G"),
			"'%s' is not a size", arg_size);
	*ret_bytes = number * scale;
	return 0;
}

/* After our own help, that of the template. */
static int template_help(struct tool *t)
{
	char path[4096];

	if (!arg_template || strcmp(arg_template, "none") == 0)
		return 0;
	snprintf(path, sizeof(path), "%s%s",
		 *arg_template == '/' ? "" : PATH_TEMPLATES "/lxc-", arg_template);
	execl(path, path, "-h", (char *)NULL);
	return tool_error(t, "%s: %s", path, strerror(errno));
}

static int check(struct tool *t)
{
	if (!arg_template)
		return tool_error(
			tool_hint(
				t,
				"name one of %s: -t busybox; or -t none for a container "
				"without a root file system of its own",
				PATH_TEMPLATES),
			"A template must be specified");
	return check_storage(t);
}

static int create(struct tool *t, struct lxc_container *c, struct bdev_specs *specs)
{
	const char *storage = arg_storage && *arg_storage ? arg_storage : "dir";
	const char *template = strcmp(arg_template, "none") == 0 ? NULL : arg_template;

	if (strcmp(storage, "none") == 0 || strcmp(storage, "_unset") == 0)
		storage = "dir";
	if (lxc_container_is_defined(c))
		return tool_error(tool_hint(t,
					    "choose another name, or remove it: "
					    "lxc-destroy -P %s -n %s",
					    c->config_path, t->name),
				  "Container already exists");
	if ((arg_config && !lxc_container_load_config(c, arg_config)) ||
	    !lxc_container_create(c, template, storage, specs,
				  t->quiet ? LXC_CREATE_QUIET : 0, t->argv))
		return TOOL_FAILED;
	return 0;
}

static int run(struct tool *t)
{
	struct bdev_specs specs = {
		.fstype = (char *)arg_fstype,
		.zfs.zfsroot = (char *)arg_zfsroot,
		.lvm = { (char *)arg_vg, (char *)arg_lv, (char *)arg_thinpool },
		.dir = (char *)arg_dir,
		.rbd = { (char *)arg_rbdname, (char *)arg_rbdpool, (char *)arg_rbduser },
	};

	if (check(t) < 0 || parse_size(t, &specs.fssize) < 0)
		return TOOL_FAILED;
	if (!arg_config)
		arg_config = t->rcfile;
	t->rcfile = NULL; /* it is read, never written */

	/* templates count on it, and the configuration becomes 0640 */
	umask(022);
	_cleanup_container_ struct lxc_container *c = tool_container(t);

	return c ? create(t, c, &specs) : TOOL_FAILED;
}

TOOL("lxc-create", "Create a container from a template", options, run, template_help)
