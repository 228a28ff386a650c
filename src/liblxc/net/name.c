/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that interfaces get in the container. */
#include "net/compile.h"

#include <stdio.h>
#include <string.h>

/* Whether the configuration of any interface claims a name. */
static bool is_claimed(const struct nic *nics, const char *name)
{
	for (; nics; nics = nics->next) {
		const char *own = nics->name;

		if (!own[0] && nics->type == NIC_PHYS)
			own = nics->link;
		if (!strcmp(own, name))
			return true;
	}
	return false;
}

/* Whether an interface is given the next ethN. */
static bool is_numbered(const struct nic *nic)
{
	switch (nic->type) {
	case NIC_VETH:
	case NIC_MACVLAN:
	case NIC_IPVLAN:
	case NIC_VLAN:
		return !nic->name[0];
	case NIC_UNSET:
	case NIC_PHYS:
	case NIC_EMPTY:
	case NIC_NONE:
	case NIC_TYPES:
		break;
	}
	return false;
}

void net_choose_name(const struct nic *nics, const struct nic *nic,
		     char ret_name[IFNAMSIZ])
{
	const char *fixed = nic->name;
	int n = -1;

	if (nic->type == NIC_EMPTY)
		fixed = "lo";
	else if (nic->type == NIC_PHYS && !nic->name[0])
		fixed = nic->link;
	(void)snprintf(ret_name, IFNAMSIZ, "%s", fixed);
	for (const struct nic *one = nics; is_numbered(nic) && one; one = one->next) {
		if (!is_numbered(one))
			continue;
		do
			(void)snprintf(ret_name, IFNAMSIZ, "eth%d", ++n);
		while (is_claimed(nics, ret_name));
		if (one == nic)
			return;
	}
}
