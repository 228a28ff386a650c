/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <lxc/container.h>: methods whose turn has not come.  Each fails with an error that names it
 * and says so; none does half of its work.
 */
#include <errno.h>

#include "api/handle.h"

/* clang-format off */
LXC_API bool lxc_container_rename(struct lxc_container *c, const char *newname)
{
	(void)newname;
	(void)api_later(c, "rename");
	return false;
}

LXC_API struct lxc_container *lxc_container_clone(struct lxc_container *c, const char *newname, const char *lxcpath, int flags, const char *bdevtype, const char *bdevdata, uint64_t newsize, char **hookargs)
{
	(void)newname;
	(void)lxcpath;
	(void)flags;
	(void)bdevtype;
	(void)bdevdata;
	(void)newsize;
	(void)hookargs;
	(void)api_later(c, "clone");
	return NULL;
}

LXC_API int lxc_container_snapshot(struct lxc_container *c, const char *commentfile)
{
	(void)commentfile;
	(void)api_later(c, "snapshot");
	return -1;
}

LXC_API int lxc_container_snapshot_list(struct lxc_container *c, struct lxc_snapshot **snapshots)
{
	(void)snapshots;
	(void)api_later(c, "snapshot list");
	return -1;
}

LXC_API bool lxc_container_snapshot_restore(struct lxc_container *c, const char *snapname, const char *newname)
{
	(void)snapname;
	(void)newname;
	(void)api_later(c, "snapshot restore");
	return false;
}

LXC_API bool lxc_container_snapshot_destroy(struct lxc_container *c, const char *snapname)
{
	(void)snapname;
	(void)api_later(c, "snapshot destroy");
	return false;
}

LXC_API bool lxc_container_add_device_node(struct lxc_container *c, const char *src_path, const char *dest_path)
{
	(void)src_path;
	(void)dest_path;
	(void)api_later(c, "add device node");
	return false;
}

LXC_API bool lxc_container_remove_device_node(struct lxc_container *c, const char *src_path, const char *dest_path)
{
	(void)src_path;
	(void)dest_path;
	(void)api_later(c, "remove device node");
	return false;
}

LXC_API bool lxc_container_attach_interface(struct lxc_container *c, const char *dev, const char *dst_dev)
{
	(void)dev;
	(void)dst_dev;
	(void)api_later(c, "attach interface");
	return false;
}

LXC_API bool lxc_container_detach_interface(struct lxc_container *c, const char *dev, const char *dst_dev)
{
	(void)dev;
	(void)dst_dev;
	(void)api_later(c, "detach interface");
	return false;
}

LXC_API bool lxc_container_checkpoint(struct lxc_container *c, char *directory, bool stop, bool verbose)
{
	(void)directory;
	(void)stop;
	(void)verbose;
	(void)api_later(c, "checkpoint");
	return false;
}

LXC_API bool lxc_container_restore(struct lxc_container *c, char *directory, bool verbose)
{
	(void)directory;
	(void)verbose;
	(void)api_later(c, "restore");
	return false;
}

LXC_API bool lxc_container_snapshot_destroy_all(struct lxc_container *c)
{
	(void)api_later(c, "snapshot destroy all");
	return false;
}

LXC_API int lxc_container_migrate(struct lxc_container *c, unsigned int cmd, struct migrate_opts *opts, unsigned int size)
{
	(void)cmd;
	(void)opts;
	(void)size;
	(void)api_later(c, "migrate");
	return -EOPNOTSUPP;
}

LXC_API int lxc_container_mount(struct lxc_container *c, const char *source, const char *target, const char *filesystemtype, unsigned long mountflags, const void *data, struct lxc_mount *mnt)
{
	(void)source;
	(void)target;
	(void)filesystemtype;
	(void)mountflags;
	(void)data;
	(void)mnt;
	(void)api_later(c, "mount");
	return -EOPNOTSUPP;
}

LXC_API int lxc_container_umount(struct lxc_container *c, const char *target, unsigned long mountflags, struct lxc_mount *mnt)
{
	(void)target;
	(void)mountflags;
	(void)mnt;
	(void)api_later(c, "umount");
	return -EOPNOTSUPP;
}

/* clang-format on */
