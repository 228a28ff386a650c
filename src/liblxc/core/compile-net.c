/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plan of the network: messages for the host, messages for inside. */
#include <sched.h>
#include <stdio.h>

#include "core/compile.h"
#include "net/compile.h"

/* The host's end of a pair; its name is put into peer, IFNAMSIZ bytes. */
static int add_link(struct compile *c, const struct nic *nic, char *peer)
{
	struct net_message m = {};
	char name[IFNAMSIZ];

	net_choose_name(c->conf->nics, nic, name);
	int r = net_compile_host(nic, name, &m, c->err);
	if (r < 0)
		return r;
	struct op_link o = {
		.messages = plan_add_blob(&c->b, m.data, m.size),
		.pid_offset = m.pid_offset,
		.keep_name = nic->veth_pair[0] != '\0',
		.host_name = plan_add_text(&c->b, m.host_name),
		.bridge = plan_add_text(&c->b, nic->link),
		.key = plan_add_format(&c->b, "lxc.net.%u", nic->index),
	};
	COMPILE_OP(c, OP_LINK, o);
	(void)snprintf(peer, IFNAMSIZ, "%s", m.host_name);
	net_message_done(&m);
	return 0;
}

int compile_host_links(struct compile *c)
{
	int r = 0;

	/* the interfaces are those of the namespace that is shared */
	if (c->conf->ns_share[NS_NET])
		return 0;
	for (const struct nic *nic = c->conf->nics; nic && r == 0; nic = nic->next) {
		char peer[IFNAMSIZ] = "";

		if (nic->type == NIC_VETH && c->flags & CLONE_NEWNET)
			r = add_link(c, nic, peer);
		if (r == 0)
			r = compile_net_scripts(c, nic, peer);
	}
	return r;
}

static int add_messages(struct compile *c, const struct net_message_list *list)
{
	_cleanup_free_ struct op_network_hole *holes =
		calloc(list->n_steps, sizeof(*holes));

	if (!holes)
		return error_set(c->err, -ENOMEM, "plan", "network");
	for (size_t i = 0; i < list->n_steps; i++)
		holes[i] = (struct op_network_hole){
			.index_offset = list->steps[i].index_offset,
			.name = plan_add_text(&c->b, list->steps[i].name),
			.what = plan_add_text(&c->b, list->steps[i].what),
		};
	struct op_network o = {
		.messages = plan_add_blob(&c->b, list->data, list->size),
		.holes = plan_add_blob(&c->b, holes, list->n_steps * sizeof(*holes)),
	};
	COMPILE_OP(c, OP_NETWORK, o);
	return 0;
}

int compile_network(struct compile *c)
{
	struct net_message_list list = {};
	int r = 0;

	if (!(c->flags & CLONE_NEWNET))
		return 0;
	for (const struct nic *nic = c->conf->nics; nic && r == 0; nic = nic->next) {
		char name[IFNAMSIZ];

		net_choose_name(c->conf->nics, nic, name);
		r = net_compile_container(nic, name, &list, c->err);
	}
	if (r == 0 && list.n_steps)
		r = add_messages(c, &list);
	net_message_list_done(&list);
	return r;
}
