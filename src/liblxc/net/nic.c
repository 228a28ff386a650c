/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One network interface as configured. */
#include "net/nic.h"

#include <stddef.h>

const char *const nic_type_names[NIC_TYPES] = {
	[NIC_VETH] = "veth", [NIC_MACVLAN] = "macvlan", [NIC_IPVLAN] = "ipvlan",
	[NIC_VLAN] = "vlan", [NIC_PHYS] = "phys",	[NIC_EMPTY] = "empty",
	[NIC_NONE] = "none",
};

struct nic *nic_free(struct nic *nic)
{
	if (!nic)
		return NULL;
	free(nic->hwaddr);
	free(nic->mtu);
	free(nic->addresses);
	free(nic->script_up);
	free(nic->script_down);
	free(nic->routes);
	free(nic->veth_tagged);
	free(nic);
	return NULL;
}
