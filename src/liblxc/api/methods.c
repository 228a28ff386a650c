/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The method table of struct lxc_container is filled with the flat functions: one API. */
#include "api/handle.h"

void handle_set_methods(struct lxc_container *c)
{
	c->is_defined = lxc_container_is_defined;
	c->state = lxc_container_state;
	c->is_running = lxc_container_is_running;
	c->freeze = lxc_container_freeze;
	c->unfreeze = lxc_container_unfreeze;
	c->init_pid = lxc_container_init_pid;
	c->load_config = lxc_container_load_config;
	c->start = lxc_container_start;
	c->startl = lxc_container_startl;
	c->stop = lxc_container_stop;
	c->want_daemonize = lxc_container_want_daemonize;
	c->want_close_all_fds = lxc_container_want_close_all_fds;
	c->config_file_name = lxc_container_config_file_name;
	c->wait = lxc_container_wait;
	c->set_config_item = lxc_container_set_config_item;
	c->destroy = lxc_container_destroy;
	c->save_config = lxc_container_save_config;
	c->create = lxc_container_create;
	c->createl = lxc_container_createl;
	c->rename = lxc_container_rename;
	c->reboot = lxc_container_reboot;
	c->shutdown = lxc_container_shutdown;
	c->clear_config = lxc_container_clear_config;
	c->clear_config_item = lxc_container_clear_config_item;
	c->get_config_item = lxc_container_get_config_item;
	c->get_running_config_item = lxc_container_get_running_config_item;
	c->get_keys = lxc_container_get_keys;
	c->get_interfaces = lxc_container_get_interfaces;
	c->get_ips = lxc_container_get_ips;
	c->get_cgroup_item = lxc_container_get_cgroup_item;
	c->set_cgroup_item = lxc_container_set_cgroup_item;
	c->get_config_path = lxc_container_get_config_path;
	c->set_config_path = lxc_container_set_config_path;
	c->clone = lxc_container_clone;
	c->console_getfd = lxc_container_console_getfd;
	c->console = lxc_container_console;
	c->attach = lxc_container_attach;
	c->attach_run_wait = lxc_container_attach_run_wait;
	c->attach_run_waitl = lxc_container_attach_run_waitl;
	c->snapshot = lxc_container_snapshot;
	c->snapshot_list = lxc_container_snapshot_list;
	c->snapshot_restore = lxc_container_snapshot_restore;
	c->snapshot_destroy = lxc_container_snapshot_destroy;
	c->may_control = lxc_container_may_control;
	c->add_device_node = lxc_container_add_device_node;
	c->remove_device_node = lxc_container_remove_device_node;
	c->attach_interface = lxc_container_attach_interface;
	c->detach_interface = lxc_container_detach_interface;
	c->checkpoint = lxc_container_checkpoint;
	c->restore = lxc_container_restore;
	c->destroy_with_snapshots = lxc_container_destroy_with_snapshots;
	c->snapshot_destroy_all = lxc_container_snapshot_destroy_all;
	c->migrate = lxc_container_migrate;
	c->console_log = lxc_container_console_log;
	c->reboot2 = lxc_container_reboot2;
	c->mount = lxc_container_mount;
	c->umount = lxc_container_umount;
	c->seccomp_notify_fd = lxc_container_seccomp_notify_fd;
	c->seccomp_notify_fd_active = lxc_container_seccomp_notify_fd_active;
	c->init_pidfd = lxc_container_init_pidfd;
	c->devpts_fd = lxc_container_devpts_fd;
	c->set_timeout = lxc_container_set_timeout;
}
