"""Lifecycle scripts of notebooks: which routes a script adds, as a shell would run it."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from ipaddress import ip_address, ip_network
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagemaker_netlint.network.notebooks.script_routes import FoundByScript, ScriptRoute
from sagemaker_netlint.network.values import Maybe, Unknown
from sagemaker_netlint.readers.lifecycle_scripts.scripts import RefusedScript, decoded, routes_of

# -- the routes of scripts -------------------------------------------------------------------------

# A route is written as `destination via gateway dev interface @line`, with its verb where that isn't `add`,
# and `perhaps` where it depends on something. `(found)` is found by the script, `(?)` isn't known, and `?: …`
# is something that may add a route, which isn't followed.
ADDING: list[tuple[str, str, list[str]]] = [
    (
        "the command of the blog post",
        """\
        #!/bin/bash
        set -e
        sudo ip route add 10.0.0.0/16 via 172.31.64.1 dev eth2
        """,
        ["10.0.0.0/16 via 172.31.64.1 dev eth2 @3"],
    ),
    (
        "no shebang, no line end",
        "ip route add 10.0.0.0/16 via 172.31.64.1 dev eth2",
        ["10.0.0.0/16 via 172.31.64.1 dev eth2 @1"],
    ),
    (
        "abbreviations, paths and options",
        """\
        ip r a 10.1.0.0/16 via 172.31.64.1
        /sbin/ip ro add 10.2.0.0/16 via 172.31.64.1
        sudo -E /usr/sbin/ip -4 route ad 10.3.0.0/16 via 172.31.64.1
        sudo -n -- ip -o -d route app 10.4.0.0/16 via 172.31.64.1
        ip -family inet rou replace 10.5.0.0/16 via 172.31.64.1
        """,
        [
            "10.1.0.0/16 via 172.31.64.1 @1",
            "10.2.0.0/16 via 172.31.64.1 @2",
            "10.3.0.0/16 via 172.31.64.1 @3",
            "10.4.0.0/16 via 172.31.64.1 append @4",
            "10.5.0.0/16 via 172.31.64.1 replace @5",
        ],
    ),
    (
        "attributes of a route",
        """\
        ip route add unicast to 10.1.0.0/16 via inet 172.31.64.1 dev eth2 proto static metric 50 onlink
        ip route add 10.2.0.0/16 dev eth2 src 172.31.70.9 table main mtu lock 1500
        ip route add 10.3.0.0/16 nexthop via 172.31.64.1 dev eth2 weight 1
        """,
        [
            "10.1.0.0/16 via 172.31.64.1 dev eth2 @1",
            "10.2.0.0/16 dev eth2 @2",
            "10.3.0.0/16 via 172.31.64.1 dev eth2 @3",
        ],
    ),
    (
        "forms of a destination",
        """\
        ip route add 10.20.30.40 via 172.31.64.1
        ip route add 10/8 via 172.31.64.1
        ip route add 192.168/255.255.0.0 via 172.31.64.1
        ip route replace default via 172.31.64.1 dev eth2
        ip -6 route add fd00:10::/32 via fe80::1 dev eth2
        ip -6 route add default via fe80::1 dev eth2
        """,
        [
            "10.20.30.40/32 via 172.31.64.1 @1",
            "10.0.0.0/8 via 172.31.64.1 @2",
            "192.168.0.0/16 via 172.31.64.1 @3",
            "default via 172.31.64.1 dev eth2 replace @4",
            "fd00:10::/32 via fe80::1 dev eth2 @5",
            "::/0 via fe80::1 dev eth2 @6",
        ],
    ),
    (
        "0.0.0.0/0 is the default route",
        "ip route replace 0.0.0.0/0 via 172.31.64.1",
        ["default via 172.31.64.1 replace @1"],
    ),
    (
        "what ip refuses",
        "ip route add 10.0.0.5/8 via 172.31.64.1\nip route add onprem via 172.31.64.1\n",
        [
            (
                "?: line 1: `ip route add 10.0.0.5/8 via 172.31.64.1`: "
                "`10.0.0.5/8` has bits behind its prefix length"
            ),
            "?: line 2: `ip route add onprem via 172.31.64.1`: `onprem` is not a range",
        ],
    ),
    (
        "other tables and types",
        """\
        ip route add 10.1.0.0/16 via 172.31.64.1 table 100
        ip rule add from 172.31.70.9 table 100
        ip route add blackhole 10.2.0.0/16
        ip route add 10.3.0.0/16 nexthop via 172.31.64.1 nexthop via 172.31.64.2
        """,
        [
            (
                "?: line 1: `ip route add 10.1.0.0/16 via 172.31.64.1 table 100` is about the table 100, "
                "which only `ip rule` leads to"
            ),
            "?: line 3: `ip route add blackhole 10.2.0.0/16` adds a route of the type blackhole",
            (
                "?: line 4: `ip route add 10.3.0.0/16 nexthop via 172.31.64.1 nexthop via 172.31.64.2` "
                "has several next hops, which are not followed"
            ),
        ],
    ),
    (
        "a batch at the input",
        """\
        ip -batch - <<EOF
        # on premises
        route add 10.0.0.0/8 via 172.31.64.1 dev eth2

        route add 192.168.0.0/16 via 172.31.64.1 dev eth2
        EOF
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @3",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @5",
        ],
    ),
    (
        "a batch in a file",
        """\
        printf 'route add %s via 172.31.64.1\\n' 10.0.0.0/8 192.168.0.0/16 > /tmp/routes
        ip -force -b /tmp/routes
        ip -b /opt/routes
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @2",
            "192.168.0.0/16 via 172.31.64.1 @2",
            "?: line 3: the commands that `ip -b /opt/routes` reads are not known",
        ],
    ),
    (
        "net-tools",
        """\
        route add -net 10.0.0.0 netmask 255.0.0.0 gw 172.31.64.1 eth2
        sudo /sbin/route add -net 192.168.0.0/16 gw 172.31.64.1 dev eth2 metric 10
        route add -host 10.9.8.7 gw 172.31.64.1
        route -A inet add default gw 172.31.64.1
        route add -net 172.20.0.0 gw 172.31.64.1
        route -n
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @1",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @2",
            "10.9.8.7/32 via 172.31.64.1 @3",
            "default via 172.31.64.1 @4",
            "172.20.0.0/16 via 172.31.64.1 @5",
        ],
    ),
    (
        "net-tools wants -net before a mask",
        "route add 10.0.0.0/8 gw 172.31.64.1\n",
        [
            (
                "?: line 1: `route add 10.0.0.0/8 gw 172.31.64.1`: `route` takes the mask of `10.0.0.0/8` "
                "behind `-net` only"
            )
        ],
    ),
    (
        "nmcli, activated",
        """\
        nmcli connection modify "System eth2" \\
          +ipv4.routes "10.0.0.0/8 172.31.64.1, 192.168.0.0/16 172.31.64.1 50"
        nmcli con up "System eth2"
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @1",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @1",
        ],
    ),
    (
        "nmcli for a device counts at once",
        'nmcli device modify eth2 ipv4.routes "10.0.0.0/8 172.31.64.1"\n',
        ["10.0.0.0/8 via 172.31.64.1 dev eth2 @1"],
    ),
    (
        "nmcli, not activated",
        'nmcli c m vpc +ipv4.routes "10.0.0.0/8 172.31.64.1"\n',
        [
            (
                '?: line 1: `nmcli c m vpc +ipv4.routes "10.0.0.0/8 172.31.64.1"` counts only when the '
                "connection is set up again, which the script doesn't do"
            )
        ],
    ),
    (
        "nmcli for a connection whose interface isn't known",
        'nmcli c m vpc +ipv4.routes "10.0.0.0/8 172.31.64.1"\nnmcli device reapply eth2\n',
        ["10.0.0.0/8 via 172.31.64.1 dev (?) @1"],
    ),
    (
        "a route file, and the network again",
        """\
        cat > /etc/sysconfig/network-scripts/route-eth2 <<'ROUTES'
        10.0.0.0/8 via 172.31.64.1
        # more
        192.168.0.0/16 via 172.31.64.1 dev eth2
        ROUTES
        sudo systemctl restart network
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @2",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @4",
        ],
    ),
    (
        "a route file in the old form",
        """\
        {
          echo "ADDRESS0=10.0.0.0"
          echo "NETMASK0=255.0.0.0"
          echo "GATEWAY0=172.31.64.1"
        } > /etc/sysconfig/network-scripts/route-eth2
        ifdown eth2 && ifup eth2
        """,
        ["10.0.0.0/8 via 172.31.64.1 dev eth2 @1 perhaps"],
    ),
    (
        "a route file that nobody reads",
        'echo "10.0.0.0/8 via 172.31.64.1" | sudo tee -a /etc/sysconfig/network-scripts/route-eth2\n',
        [
            (
                "?: line 1: the routes in /etc/sysconfig/network-scripts/route-eth2 count only when the "
                "network is set up again, which the script doesn't do"
            )
        ],
    ),
    (
        "variables and quotes",
        """\
        GW=172.31.64.1; DEV="eth2"
        export NET='10.0.0.0'/8
        readonly PREFIX=192.168
        sudo ip route add "$NET" via ${GW} dev "${DEV}"
        sudo ip route add $PREFIX.0.0/"16" via "$GW" dev eth"2"
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @4",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @5",
        ],
    ),
    (
        "a variable that holds the command",
        """\
        IP=$(command -v ip)
        ROUTE="sudo $IP route"
        OPTS="via 172.31.64.1 dev eth2"
        $ROUTE add 10.0.0.0/8 $OPTS
        """,
        ["10.0.0.0/8 via 172.31.64.1 dev eth2 @4"],
    ),
    (
        "defaults of variables",
        """\
        GW=${GW:-172.31.64.1}
        : "${DEV:=eth2}"
        ip route add ${NET-10.0.0.0/8} via $GW dev $DEV ${METRIC:+metric $METRIC}
        """,
        ["10.0.0.0/8 via 172.31.64.1 dev eth2 @3"],
    ),
    (
        "parts of a value",
        """\
        SUBNET=172.31.64.0/20
        BASE=${SUBNET%/*}
        GW=${BASE%.*}.1
        LIST=10.0.0.0/8,192.168.0.0/16
        for net in ${LIST//,/ }; do ip route add $net via $GW; done
        """,
        ["10.0.0.0/8 via 172.31.64.1 @5", "192.168.0.0/16 via 172.31.64.1 @5"],
    ),
    (
        "two assignments on a line before a loop",
        """\
        GW=172.31.64.1 DEV=eth2
        for net in 10.0.0.0/8; do
          ip route add $net via $GW dev $DEV
        done
        """,
        ["10.0.0.0/8 via 172.31.64.1 dev eth2 @3"],
    ),
    (
        "an assignment for one command only",
        'GW=172.31.64.1 bash -c "ip route add 10.0.0.0/8 via \\$GW"\nip route add 10.1.0.0/16 via $GW\n',
        ["10.0.0.0/8 via 172.31.64.1 @1", "10.1.0.0/16 via (?) @2"],
    ),
    (
        "a loop over a list",
        """\
        for net in 10.0.0.0/8 "172.16.0.0/12" \\
                   192.168.0.0/16
        do
            sudo ip route add $net via 172.31.64.1 dev eth2 || true
        done
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @4",
            "172.16.0.0/12 via 172.31.64.1 dev eth2 @4",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @4",
        ],
    ),
    (
        "a loop over an array",
        """\
        NETS=(
          10.0.0.0/8      # headquarters
          "172.16.0.0/12"
        )
        NETS+=(192.168.0.0/16)
        for net in "${NETS[@]}"; do ip route add "$net" via 172.31.64.1; done
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @6",
            "172.16.0.0/12 via 172.31.64.1 @6",
            "192.168.0.0/16 via 172.31.64.1 @6",
        ],
    ),
    (
        "a loop over the keys of an array",
        """\
        declare -A HOPS=([10.0.0.0/8]=172.31.64.1 ["192.168.0.0/16"]="172.31.80.1")
        for net in "${!HOPS[@]}"; do
          ip route add "$net" via "${HOPS[$net]}"
        done
        """,
        ["10.0.0.0/8 via 172.31.64.1 @3", "192.168.0.0/16 via 172.31.80.1 @3"],
    ),
    (
        "a loop over a string of words",
        'NETS="10.0.0.0/8 192.168.0.0/16"\nfor n in $NETS; do ip route add $n via 172.31.64.1; done\n',
        ["10.0.0.0/8 via 172.31.64.1 @2", "192.168.0.0/16 via 172.31.64.1 @2"],
    ),
    (
        "numbers and braces",
        """\
        for i in {1..2}; do ip route add 10.$i.0.0/16 via 172.31.64.1; done
        for i in $(seq 3 4); do ip route add 10.$i.0.0/16 via 172.31.64.1; done
        for ((i = 5; i < 7; i++)); do ip route add 10.$i.0.0/16 via 172.31.64.1; done
        for n in 10.{7,8}.0.0/16; do ip route add $n via 172.31.64.1; done
        i=9
        while [ $i -le 10 ]; do ip route add 10.$i.0.0/16 via 172.31.64.1; i=$((i + 1)); done
        """,
        [
            "10.1.0.0/16 via 172.31.64.1 @1",
            "10.2.0.0/16 via 172.31.64.1 @1",
            "10.3.0.0/16 via 172.31.64.1 @2",
            "10.4.0.0/16 via 172.31.64.1 @2",
            "10.5.0.0/16 via 172.31.64.1 @3",
            "10.6.0.0/16 via 172.31.64.1 @3",
            "10.7.0.0/16 via 172.31.64.1 @4",
            "10.8.0.0/16 via 172.31.64.1 @4",
            "10.9.0.0/16 via 172.31.64.1 @6",
            "10.10.0.0/16 via 172.31.64.1 @6",
        ],
    ),
    (
        "lines of a here document",
        """\
        while read -r net gw; do
          [ -z "$net" ] && continue
          ip route add "$net" via "$gw" dev eth2
        done <<LIST
        10.0.0.0/8     172.31.64.1

        192.168.0.0/16 172.31.64.1
        LIST
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @3",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 @3",
        ],
    ),
    (
        "lines of a pipe",
        (
            "printf '%s\\n' 10.0.0.0/8 10.1.0.0/16 | while read n; do ip r a $n via 172.31.64.1; done\n"
            "echo 10.2.0.0/16,10.3.0.0/16 | tr ',' '\\n' | while read n; do ip r a $n via 172.31.64.1; done\n"
        ),
        [
            "10.0.0.0/8 via 172.31.64.1 @1",
            "10.1.0.0/16 via 172.31.64.1 @1",
            "10.2.0.0/16 via 172.31.64.1 @2",
            "10.3.0.0/16 via 172.31.64.1 @2",
        ],
    ),
    (
        "a string as input",
        (
            "read -r NET GW <<< '10.0.0.0/8 172.31.64.1'\n"
            "mapfile -t MORE <<< $'10.1.0.0/16\\n10.2.0.0/16'\n"
            'for n in $NET "${MORE[@]}"; do ip route add $n via $GW; done\n'
        ),
        [
            "10.0.0.0/8 via 172.31.64.1 @3",
            "10.1.0.0/16 via 172.31.64.1 @3",
            "10.2.0.0/16 via 172.31.64.1 @3",
        ],
    ),
    (
        "lines of a file that isn't in sight",
        "while read n; do ip route add $n via 172.31.64.1; done < /opt/ranges.txt\n",
        ["(?) via 172.31.64.1 @1 perhaps"],
    ),
    (
        "functions with arguments",
        """\
        add_route() {
          local net="$1" gw="${2:-172.31.64.1}"
          sudo ip route replace "$net" via "$gw" dev eth2
        }
        function add_all {
          for n in "$@"; do add_route "$n"; done
        }
        add_all 10.0.0.0/8 192.168.0.0/16
        add_route 172.20.0.0/16 172.31.80.1
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 replace @3",
            "192.168.0.0/16 via 172.31.64.1 dev eth2 replace @3",
            "172.20.0.0/16 via 172.31.80.1 dev eth2 replace @3",
        ],
    ),
    (
        "arguments that are shifted",
        """\
        add() { gw=$1; shift; while [ $# -gt 0 ]; do ip route add "$1" via "$gw"; shift; done; }
        add 172.31.64.1 10.0.0.0/8 192.168.0.0/16
        """,
        ["10.0.0.0/8 via 172.31.64.1 @1", "192.168.0.0/16 via 172.31.64.1 @1"],
    ),
    (
        "a function that returns a value",
        """\
        gateway() { echo "172.31.$1.1"; }
        ip route add 10.0.0.0/8 via $(gateway 64)
        """,
        ["10.0.0.0/8 via 172.31.64.1 @2"],
    ),
    (
        "a local variable hides another",
        """\
        GW=172.31.64.1
        f() { local GW=1.2.3.4; }
        f
        ip route add 10.0.0.0/8 via $GW
        """,
        ["10.0.0.0/8 via 172.31.64.1 @4"],
    ),
    (
        "shells in shells",
        """\
        bash -c "ip route add 10.1.0.0/16 via 172.31.64.1"
        sudo sh -c 'ip route add 10.2.0.0/16 via 172.31.64.1 && echo done'
        su - -c "ip route add 10.3.0.0/16 via 172.31.64.1"
        eval "ip route add 10.4.0.0/16 via 172.31.64.1"
        ( cd /tmp; ip route add 10.5.0.0/16 via 172.31.64.1 ) &
        { ip route add 10.6.0.0/16 via 172.31.64.1; } >> /var/log/routes.log 2>&1
        nohup ip route add 10.7.0.0/16 via 172.31.64.1 > /dev/null 2>&1 &
        timeout 10 ip route add 10.8.0.0/16 via 172.31.64.1
        bash <<< "ip route add 10.9.0.0/16 via 172.31.64.1"
        echo "ip route add 10.10.0.0/16 via 172.31.64.1" | sudo bash
        """,
        [f"10.{n}.0.0/16 via 172.31.64.1 @{n}" for n in range(1, 11)],
    ),
    (
        "a script that is written, then run",
        """\
        cat > /home/ec2-user/routes.sh <<'EOF'
        #!/bin/bash
        GW=172.31.64.1
        ip route add 10.0.0.0/8 via $GW
        EOF
        chmod +x /home/ec2-user/routes.sh && /home/ec2-user/routes.sh
        """,
        ["10.0.0.0/8 via 172.31.64.1 @4"],
    ),
    (
        "a script that is written with values, then run in the background",
        """\
        GW=172.31.64.1
        cat <<EOF > /tmp/routes.sh
        ip route add 10.0.0.0/8 via $GW
        ip route add \\$1 via ${GW}
        EOF
        sudo nohup bash -x /tmp/routes.sh 192.168.0.0/16 > /dev/null 2>&1 &
        """,
        ["10.0.0.0/8 via 172.31.64.1 @6", "192.168.0.0/16 via 172.31.64.1 @6"],
    ),
    (
        "a script that is moved, sourced, and run by a relative name",
        """\
        cd /tmp
        echo 'ip route add 10.1.0.0/16 via 172.31.64.1' > a.sh
        echo 'ip route add 10.2.0.0/16 via 172.31.64.1' | tee b.sh > /dev/null
        mv a.sh /usr/local/bin/a.sh
        /usr/local/bin/a.sh
        source ./b.sh
        """,
        ["10.1.0.0/16 via 172.31.64.1 @2", "10.2.0.0/16 via 172.31.64.1 @3"],
    ),
    (
        "as another user, who needs sudo",
        """\
        sudo -u ec2-user -i <<'EOF'
        ip route add 10.1.0.0/16 via 172.31.64.1
        sudo ip route add 10.2.0.0/16 via 172.31.64.1
        EOF
        """,
        [
            (
                "?: line 2: `ip route add 10.1.0.0/16 via 172.31.64.1` runs as ec2-user, "
                "who may not change routes without `sudo`"
            ),
            "10.2.0.0/16 via 172.31.64.1 @3",
        ],
    ),
    (
        "su with a user",
        "su - ec2-user -c 'route add -net 10.0.0.0/8 gw 172.31.64.1'\n",
        [
            (
                "?: line 1: `route add -net 10.0.0.0/8 gw 172.31.64.1` runs as ec2-user, "
                "who may not change routes without `sudo`"
            )
        ],
    ),
    (
        "only where the route isn't there",
        """\
        if ip route show | grep -q '10.0.0.0/8'; then :; else ip route add 10.0.0.0/8 via 172.31.64.1; fi
        if ! ip r | grep -q 10.1.0.0; then ip route add 10.1.0.0/16 via 172.31.64.1; fi
        ip route | grep -q 10.2.0.0 || ip route add 10.2.0.0/16 via 172.31.64.1
        [ -z "$(ip route show 10.3.0.0/16)" ] && ip route add 10.3.0.0/16 via 172.31.64.1
        [[ $(ip route) == *10.4.0.0* ]] || ip route add 10.4.0.0/16 via 172.31.64.1
        HAVE=$(netstat -rn | grep -c 10.5.0.0)
        if [ "$HAVE" -eq 0 ]; then ip route add 10.5.0.0/16 via 172.31.64.1; fi
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @1",
            "10.1.0.0/16 via 172.31.64.1 @2",
            "10.2.0.0/16 via 172.31.64.1 @3",
            "10.3.0.0/16 via 172.31.64.1 @4",
            "10.4.0.0/16 via 172.31.64.1 @5",
            "10.5.0.0/16 via 172.31.64.1 @7",
        ],
    ),
    (
        "only where the interface is there",
        """\
        if ip link show eth2 > /dev/null 2>&1; then
          ip route add 10.0.0.0/8 via 172.31.64.1 dev eth2
        else
          ip route add 10.0.0.0/8 via 172.31.64.1 dev eth1
        fi
        [ -d /sys/class/net/eth2 ] || exit 0
        ip route add 10.1.0.0/16 via 172.31.64.1 dev eth2
        ip route add 10.2.0.0/16 via 172.31.64.1 dev eth0
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @2",
            "10.0.0.0/8 via 172.31.64.1 dev eth1 @4 perhaps",
            "10.1.0.0/16 via 172.31.64.1 dev eth2 @7",
            "10.2.0.0/16 via 172.31.64.1 dev eth0 @8 perhaps",
        ],
    ),
    (
        "waiting for the interface",
        """\
        until ip link show eth2 up; do sleep 1; done
        ip route add 10.0.0.0/8 via 172.31.64.1 dev eth2
        for i in $(seq 1 30); do
          ip route add 10.1.0.0/16 via 172.31.64.1 dev eth2 && break
          sleep 2
        done
        until ip route add 10.2.0.0/16 via 172.31.64.1 dev eth2; do sleep 1; done
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @2",
            "10.1.0.0/16 via 172.31.64.1 dev eth2 @4",
            "10.2.0.0/16 via 172.31.64.1 dev eth2 @7",
        ],
    ),
    (
        "conditions that are not known",
        """\
        if [ "$STAGE" = prod ]; then
          ip route add 10.0.0.0/8 via 172.31.64.1
        elif [ -f /etc/onprem ]; then
          ip route add 10.1.0.0/16 via 172.31.64.1
        fi
        ping -c 1 10.2.0.1 || ip route add 10.2.0.0/16 via 172.31.64.1
        yum install -y iproute && ip route add 10.3.0.0/16 via 172.31.64.1
        case "$STAGE" in
          dev) ip route add 10.4.0.0/16 via 172.31.64.1 ;;
          *) ip route add 10.5.0.0/16 via 172.31.64.1 ;;
        esac
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @2 perhaps",
            "10.1.0.0/16 via 172.31.64.1 @4 perhaps",
            "10.2.0.0/16 via 172.31.64.1 @6 perhaps",
            "10.3.0.0/16 via 172.31.64.1 @7 perhaps",
            "10.4.0.0/16 via 172.31.64.1 @9 perhaps",
            "10.5.0.0/16 via 172.31.64.1 @10 perhaps",
        ],
    ),
    (
        "conditions that are known",
        """\
        STAGE=prod
        if [ "$STAGE" = dev ]; then ip route add 10.1.0.0/16 via 172.31.64.1; fi
        if [[ $STAGE == pr* && -n $STAGE ]]; then ip route add 10.2.0.0/16 via 172.31.64.1; fi
        test "$STAGE" != prod || ip route add 10.3.0.0/16 via 172.31.64.1
        if [ "$(id -u)" -ne 0 ]; then exit 1; fi
        case $STAGE in dev|test) NET=10.4.0.0/16 ;; prod) NET=10.5.0.0/16 ;; esac
        false && ip route add 10.6.0.0/16 via 172.31.64.1
        ip route add $NET via 172.31.64.1
        """,
        [
            "10.2.0.0/16 via 172.31.64.1 @3",
            "10.3.0.0/16 via 172.31.64.1 @4",
            "10.5.0.0/16 via 172.31.64.1 @8",
        ],
    ),
    (
        "a value that depends on a test",
        """\
        if [ -f /etc/onprem ]; then GW=172.31.64.1; else GW=172.31.80.1; fi
        ip route add 10.0.0.0/8 via $GW dev eth2
        """,
        ["10.0.0.0/8 via (?) dev eth2 @2"],
    ),
    (
        "what follows an exit",
        """\
        ip route add 10.0.0.0/8 via 172.31.64.1
        exit 0
        ip route add 10.1.0.0/16 via 172.31.64.1
        """,
        ["10.0.0.0/8 via 172.31.64.1 @1"],
    ),
    (
        "an exit that fails the start is no doubt, one that ends well is",
        """\
        cd /home/ec2-user || exit 1
        if ! aws sts get-caller-identity; then echo "no role"; exit 2; fi
        ip route add 10.0.0.0/8 via 172.31.64.1
        [ -f /etc/onprem ] || exit 0
        ip route add 10.1.0.0/16 via 172.31.64.1
        """,
        ["10.0.0.0/8 via 172.31.64.1 @3", "10.1.0.0/16 via 172.31.64.1 @5 perhaps"],
    ),
    (
        "an exit where the route is there",
        "ip route | grep -q 10.0.0.0/8 && exit 0\nip route add 10.0.0.0/8 via 172.31.64.1\n",
        ["10.0.0.0/8 via 172.31.64.1 @2"],
    ),
    (
        "a return leaves the function only",
        """\
        add() {
          [ -n "$1" ] || return 0
          ip route add "$1" via 172.31.64.1
          return
          ip route add 10.9.0.0/16 dev eth2
        }
        add
        add 10.0.0.0/8
        """,
        ["10.0.0.0/8 via 172.31.64.1 @3"],
    ),
    (
        "routes that are deleted again",
        """\
        ip route add 10.0.0.0/8 via 172.31.64.1
        ip route add 10.1.0.0/16 via 172.31.64.1
        ip route del 10.0.0.0/8
        ip route del 10.2.0.0/16 2> /dev/null || true
        ip route add 10.2.0.0/16 via 172.31.64.1
        [ -f /x ] && ip route del 10.1.0.0/16
        """,
        ["10.1.0.0/16 via 172.31.64.1 @2 perhaps", "10.2.0.0/16 via 172.31.64.1 @5"],
    ),
    (
        "a route that is replaced",
        """\
        ip route add 10.0.0.0/8 via 172.31.0.1 dev eth0
        ip route replace 10.0.0.0/8 via 172.31.64.1 dev eth2
        ip route add 10.1.0.0/16 via 172.31.64.1 || ip route replace 10.1.0.0/16 via 172.31.64.1
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 replace @2",
            "10.1.0.0/16 via 172.31.64.1 @3",
        ],
    ),
    (
        "a route that is kept up in the background",
        """\
        while true; do
          ip route replace 10.0.0.0/8 via 172.31.64.1 dev eth2
          sleep 60
        done &
        ip route add 10.1.0.0/16 via 172.31.64.1
        while :; do sleep 60; done
        ip route add 10.2.0.0/16 via 172.31.64.1
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 replace @2",
            "10.1.0.0/16 via 172.31.64.1 @5",
        ],
    ),
    (
        "the gateway and the interface are found out",
        """\
        DEV=$(ip -o -4 addr show | awk '$4 ~ /^172\\.31/ {print $2; exit}')
        GW=$(ip route show dev "$DEV" | awk '/via/ {print $3}' | head -n 1)
        sudo ip route add 10.0.0.0/8 via "$GW" dev "$DEV"
        """,
        ["10.0.0.0/8 via (found) dev (found) @3"],
    ),
    (
        "the gateway is found in the metadata",
        """\
        URL=http://169.254.169.254/latest
        TOKEN=$(curl -s -X PUT $URL/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60")
        MAC=$(curl -s -H "X-aws-ec2-metadata-token: $TOKEN" $URL/meta-data/mac)
        CIDR=$(curl -s $URL/meta-data/network/interfaces/macs/$MAC/subnet-ipv4-cidr-block)
        GW=$(python3 -c "import ipaddress; print(ipaddress.ip_network('$CIDR')[1])")
        ip route add 10.0.0.0/8 via $GW dev eth2
        """,
        ["10.0.0.0/8 via (found) dev eth2 @6"],
    ),
    (
        "an interface of a list, and a fallback",
        """\
        for dev in $(ls /sys/class/net | grep eth); do
          ip route add 10.0.0.0/8 via 172.31.64.1 dev $dev && break
        done
        GW=`ip route get 172.31.64.9 | cut -d' ' -f3`
        [ -n "$GW" ] || GW=172.31.64.1
        ip route add 10.1.0.0/16 via $GW
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 dev (found) @2 perhaps",
            "10.1.0.0/16 via (found) @6",
        ],
    ),
    (
        "values that are not known",
        """\
        GW=$(cat /opt/gateway)
        ip route add 10.0.0.0/8 via $GW dev eth$N
        for n in $(aws ssm get-parameter --name ranges); do ip route add $n via 172.31.64.1; done
        """,
        ["10.0.0.0/8 via (?) dev (?) @2", "(?) via 172.31.64.1 @3 perhaps"],
    ),
    (
        "gaps that a template leaves",
        """\
        sudo ip route add ${OnPremisesCidr} via ${aws_subnet.notebook[0].gateway} dev eth2
        ip route add 10.0.0.0/8 via '${Gateway}'
        echo "region ${AWS::Region}"
        ${ExtraCommands}
        """,
        [
            "(?) via (?) dev eth2 @1",
            "10.0.0.0/8 via (?) @2",
            "?: line 4: `${ExtraCommands}` runs a command that isn't known",
        ],
    ),
    (
        "a gap that may hold a whole route",
        "ip route add ${Route}\nip route add $@\n",
        [
            "(?) via (?) dev (?) @1",
            "?: line 2: `ip route add $@` names no destination",
        ],
    ),
    (
        "scripts that are fetched",
        """\
        aws s3 cp s3://bucket/routes.sh /tmp/routes.sh && bash /tmp/routes.sh
        curl -fsSL https://intranet.example.com/routes.sh | sudo bash
        wget -q https://intranet.example.com/more.sh
        chmod +x more.sh; ./more.sh
        source <(curl -s https://intranet.example.com/env)
        """,
        [
            "?: line 1: `bash /tmp/routes.sh` runs a script that it fetches",
            "?: line 2: `sudo bash` runs a script that it fetches",
            "?: line 4: `./more.sh` runs a script that it fetches",
            "?: line 5: `source <(curl -s https://intranet.example.com/env)` runs a script that it fetches",
        ],
    ),
    (
        "a script on the volume",
        "bash /home/ec2-user/SageMaker/setup.sh\nbash /home/ec2-user/SageMaker/setup.sh\n",
        [
            (
                "?: line 1: `bash /home/ec2-user/SageMaker/setup.sh` runs /home/ec2-user/SageMaker/setup.sh, "
                "which isn't in sight"
            ),
            (
                "?: line 2: `bash /home/ec2-user/SageMaker/setup.sh` runs /home/ec2-user/SageMaker/setup.sh, "
                "which isn't in sight"
            ),
        ],
    ),
    (
        "what runs later",
        """\
        echo '@reboot root ip route add 10.0.0.0/8 via 172.31.64.1' > /etc/cron.d/routes
        cat > /usr/local/bin/routes.sh <<'EOF'
        ip route add 10.0.0.0/8 via 172.31.64.1
        EOF
        cat > /etc/systemd/system/routes.service <<'EOF'
        [Service]
        ExecStart=/usr/local/bin/routes.sh
        EOF
        systemctl enable --now routes
        echo 'ip route add 10.0.0.0/8 via 172.31.64.1' | at now + 1 minute
        """,
        [
            "?: line 10: `at now + 1 minute` adds a route later, which is not followed",
            "?: line 1: /etc/cron.d/routes adds routes later, which is not followed",
            "?: line 5: /etc/systemd/system/routes.service adds routes later, which is not followed",
        ],
    ),
    (
        "other languages and unknown helpers",
        """\
        python3 -c "import os; os.system('ip route add 10.0.0.0/8 via 172.31.64.1')"
        python - <<'EOF'
        import subprocess
        subprocess.run(["ip", "route", "add", "10.0.0.0/8", "via", "172.31.64.1"])
        EOF
        aws ssm get-parameter --name ranges | xargs -n 1 -I{} ip route add {} via 172.31.64.1
        retry 5 ip route add 10.0.0.0/8 via 172.31.64.1
        """,
        [
            (
                "?: line 1: `python3 -c \"import os; os.system('ip route add 10.0.0.0/8 via 172.31.64.1')\"` "
                "adds a route by python3, which is not followed"
            ),
            "?: line 2: `python -` adds a route by python, which is not followed",
            (
                "?: line 6: `xargs -n 1 -I{} ip route add {} via 172.31.64.1` may add a route by `xargs`, "
                "which is not followed"
            ),
            (
                "?: line 7: `retry 5 ip route add 10.0.0.0/8 via 172.31.64.1` may add a route by `retry`, "
                "which is not followed"
            ),
        ],
    ),
    (
        "Windows line ends",
        "#!/bin/bash\r\nGW=172.31.64.1\r\nip route add 10.0.0.0/8 via $GW dev eth2\r\n",
        [
            "10.0.0.0/8 via 172.31.64.1 dev eth2 @3",
            "?: the script's lines end as on Windows (CR LF), which a shell doesn't understand",
        ],
    ),
    (
        "a syntax error",
        """\
        ip route add 10.0.0.0/8 via 172.31.64.1
        if [ -f /x ]; then
          ip route add 10.1.0.0/16 via 172.31.64.1
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @1",
            "?: from line 2 on, the script is not understood as shell commands",
        ],
    ),
    (
        "continued lines and comments",
        """\
        # ip route add 10.9.0.0/16 via 172.31.64.1
        ip route add \\
           10.0.0.0/8 \\
           via 172.31.64.1 # dev eth0
        """,
        ["10.0.0.0/8 via 172.31.64.1 @2"],
    ),
    (
        "output and errors sent away",
        """\
        exec > >(tee -a /var/log/lifecycle.log) 2>&1
        set -euxo pipefail
        ip route add 10.0.0.0/8 via 172.31.64.1 &> /dev/null
        ip route add 10.1.0.0/16 via 172.31.64.1 2>&1 | tee -a /var/log/routes.log
        result=$(sudo ip route add 10.2.0.0/16 via 172.31.64.1 2>&1)
        if ip route add 10.3.0.0/16 via 172.31.64.1 2>/dev/null; then echo added; else echo there; fi
        ! ip route add 10.4.0.0/16 via 172.31.64.1
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @3",
            "10.1.0.0/16 via 172.31.64.1 @4",
            "10.2.0.0/16 via 172.31.64.1 @5",
            "10.3.0.0/16 via 172.31.64.1 @6",
            "10.4.0.0/16 via 172.31.64.1 @7",
        ],
    ),
    (
        "a here document in a here document",
        """\
        sudo bash <<'OUTER'
        cat > /tmp/r.sh <<-INNER
        \tip route add 10.0.0.0/8 via 172.31.64.1
        INNER
        sh /tmp/r.sh
        OUTER
        cat <<EOF | while read n; do
        10.1.0.0/16
        EOF
          ip route add $n via 172.31.64.1
        done
        """,
        ["10.0.0.0/8 via 172.31.64.1 @3", "10.1.0.0/16 via 172.31.64.1 @10"],
    ),
    (
        "words that xargs hands on",
        """\
        echo 10.0.0.0/8 10.1.0.0/16 | xargs -n1 sudo ip route add via 172.31.64.1
        printf '%s\\n' 10.2.0.0/16 10.3.0.0/16 | xargs -I NET ip route add NET via 172.31.64.1
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @1",
            "10.1.0.0/16 via 172.31.64.1 @1",
            "10.2.0.0/16 via 172.31.64.1 @2",
            "10.3.0.0/16 via 172.31.64.1 @2",
        ],
    ),
    (
        "lines that are filtered by tests, and lists by commas",
        """\
        ROUTES="
        # headquarters
        10.0.0.0/8 via 172.31.64.1
        192.168.0.0/16 via 172.31.64.1
        "
        echo "$ROUTES" | while IFS= read -r line; do
          [[ -z "$line" || "$line" =~ ^# ]] && continue
          ip route add $line
        done
        IFS=',' read -ra NETS <<< "10.1.0.0/16,10.2.0.0/16"
        for n in "${NETS[@]}"; do ip route add "$n" via 172.31.64.1; done
        """,
        [
            "10.0.0.0/8 via 172.31.64.1 @8",
            "192.168.0.0/16 via 172.31.64.1 @8",
            "10.1.0.0/16 via 172.31.64.1 @11",
            "10.2.0.0/16 via 172.31.64.1 @11",
        ],
    ),
    (
        "a whole setup in functions",
        """\
        #!/bin/bash
        set -euo pipefail
        readonly CIDRS=(10.0.0.0/8 192.168.0.0/16)
        log() { echo "$(date +%T) $*" | tee -a /var/log/routes.log; }
        retry() {
          local n=0
          until "$@"; do
            n=$((n + 1))
            if [ "$n" -ge 5 ]; then return 1; fi
            sleep 2
          done
        }
        main() {
          local gateway
          gateway="$(ip route | awk '/eth2/ && /via/ {print $3; exit}')"
          if [[ -z "${gateway}" ]]; then
            log "no gateway" >&2
            return 1
          fi
          for cidr in "${CIDRS[@]}"; do
            retry ip route replace "${cidr}" via "${gateway}" dev eth2 || log "failed: ${cidr}"
          done
        }
        main "$@"
        """,
        [
            "10.0.0.0/8 via (found) dev eth2 replace @7",
            "192.168.0.0/16 via (found) dev eth2 replace @7",
        ],
    ),
    (
        "what comes in directories",
        """\
        aws s3 sync s3://bucket/scripts /opt/scripts
        bash /opt/scripts/routes.sh
        git clone https://git.example.com/team/setup.git && bash setup/install.sh
        tar xzf /tmp/all.tgz -C /opt/all
        /opt/all/install.sh
        /home/ec2-user/SageMaker/routes
        """,
        [
            "?: line 2: `bash /opt/scripts/routes.sh` runs a script that it fetches",
            "?: line 3: `bash setup/install.sh` runs a script that it fetches",
            "?: line 5: `/opt/all/install.sh` runs a script that it fetches",
            (
                "?: line 6: `/home/ec2-user/SageMaker/routes` runs /home/ec2-user/SageMaker/routes, "
                "which isn't in sight"
            ),
        ],
    ),
    (
        "gaps in a script that is written and run",
        """\
        cat > /tmp/x.sh <<EOF
        ip route add 10.0.0.0/8 via $(discover) dev eth2
        ip route add ${AWS::Region} via '${aws_subnet.a.gateway}'
        EOF
        bash /tmp/x.sh
        """,
        ["10.0.0.0/8 via (?) dev eth2 @5", "(?) via (?) @5"],
    ),
]

ADDING_NONE: list[tuple[str, str]] = [
    ("nothing", ""),
    ("comments alone", "#!/bin/bash\n# sudo ip route add 10.0.0.0/8 via 172.31.64.1\n"),
    (
        "stop when idle",
        """\
        #!/bin/bash
        set -ex
        IDLE_TIME=3600
        echo "Getting the stop script"
        wget https://raw.githubusercontent.com/example/samples/main/autostop.py
        if /usr/bin/python3 -c "import boto3" 2>/dev/null; then
            PYTHON=/usr/bin/python3
        elif /usr/bin/python -c "import boto3" 2>/dev/null; then
            PYTHON='/usr/bin/python'
        else
            echo "No boto3 found"
            exit 1
        fi
        (crontab -l 2>/dev/null; echo "*/5 * * * * $PYTHON $PWD/autostop.py --time $IDLE_TIME") | crontab -
        """,
    ),
    (
        "a conda installation on the volume",
        """\
        #!/bin/bash
        set -e
        sudo -u ec2-user -i <<'EOF'
        unset SUDO_UID
        WORKING_DIR=/home/ec2-user/SageMaker/custom-miniconda
        mkdir -p "$WORKING_DIR"
        wget https://repo.anaconda.com/miniconda/Miniconda3-py311.sh -O "$WORKING_DIR/miniconda.sh"
        bash "$WORKING_DIR/miniconda.sh" -b -u -p "$WORKING_DIR/miniconda"
        source "$WORKING_DIR/miniconda/bin/activate"
        conda create --yes --name custom python=3.11
        conda activate custom
        pip install --quiet ipykernel boto3
        EOF
        """,
    ),
    (
        "packages in every environment",
        """\
        #!/bin/bash
        sudo -u ec2-user -i <<'EOF'
        for env in base /home/ec2-user/anaconda3/envs/*; do
            source /home/ec2-user/anaconda3/bin/activate $(basename "$env")
            if [ $env = 'JupyterSystemEnv' ]; then
                continue
            fi
            nohup pip install --upgrade "scikit-learn" &
            source /home/ec2-user/anaconda3/bin/deactivate
        done
        EOF
        """,
    ),
    (
        "kernels of environments on the volume",
        """\
        for env in "$WORKING_DIR/miniconda/envs/"*; do
            BASENAME=$(basename "$env")
            source activate "$BASENAME"
            python -m ipykernel install --user --name "$BASENAME" --display-name "Custom ($BASENAME)"
        done
        eval "$(conda shell.bash hook)"
        """,
    ),
    (
        "Git settings with a here document in another",
        """\
        REGION=eu-west-1
        sudo -u ec2-user -i <<EOF
        cat >>/home/ec2-user/.aws/config <<-END
        \t[profile other]
        \tregion = $REGION
        END
        git config --global credential.helper '!aws codecommit credential-helper $@'
        EOF
        """,
    ),
    (
        "the server starts again",
        """\
        CURR_VERSION=$(cat /etc/os-release)
        if [[ $CURR_VERSION == *$"http://aws.amazon.com/amazon-linux-ami/"* ]]; then
            sudo initctl restart jupyter-server --no-wait
        else
            sudo systemctl --no-block restart jupyter-server.service
        fi
        """,
    ),
    (
        "an agent with a name of the metadata",
        """\
        NAME=$(jq '.ResourceName' \\
              /opt/ml/metadata/resource-metadata.json --raw-output)
        sed -i -- "s/MyInstance/$NAME/g" agent.json
        /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a append-config -c file://$(pwd)/a
        """,
    ),
    (
        "a proxy in profiles",
        """\
        su - ec2-user -c "mkdir -p /home/ec2-user/.ipython/startup/ && touch /home/ec2-user/x.py"
        echo "export http_proxy='$SERVER'" | tee -a /home/ec2-user/.profile >/dev/null
        echo "os.environ['HTTP_PROXY']=\\"$SERVER\\"" | tee -a /home/ec2-user/x.py >/dev/null
        reboot
        """,
    ),
    (
        "installers of known tools",
        """\
        curl -s https://packagecloud.io/install/repositories/github/git-lfs/script.rpm.sh | sudo bash
        curl -LsSf https://astral.sh/uv/install.sh | sh
        curl "https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip" -o "awscliv2.zip"
        unzip awscliv2.zip && sudo ./aws/install
        /home/ec2-user/SageMaker/venv/bin/pip install boto3
        curl -o- https://raw.githubusercontent.com/nvm-sh/nvm/v0.39.0/install.sh | bash
        source /home/ec2-user/.nvm/nvm.sh
        . ~/.bashrc
        """,
    ),
    (
        "an editor with a configuration",
        """\
        cat >"${HOME}/settings.json" <<EOS
        { "theme": "dark", "routes": ["ip route add 10.0.0.0/8 via 172.31.64.1"] }
        EOS
        nohup yarn &
        """,
    ),
    (
        "looking at routes",
        "ip route\nip r s\nip -4 route get 10.0.0.1\nroute -n\nnetstat -rn\nip addr show eth2\n",
    ),
    (
        "rules and links",
        "ip rule add from 172.31.70.9 table 100\nip link set dev eth2 mtu 1500\nip route flush cache\n",
    ),
    (
        "routes of another namespace",
        "ip netns exec lab ip route add 10.0.0.0/8 dev veth\nip -n lab route add default dev veth\n",
    ),
    (
        "words that are printed",
        "echo 'run: sudo ip route add 10.0.0.0/8 via 172.31.64.1'\nlogger \"ip route add failed\"\n",
    ),
    (
        "words that are searched for",
        "grep -q 'ip route add' /etc/rc.local && echo there\nsed -i '/ip route add/d' /etc/rc.local\n",
    ),
    (
        "a function that is never called",
        "add_routes() {\n  ip route add 10.0.0.0/8 via 172.31.64.1\n}\necho ready\n",
    ),
    (
        "a script that is written and not run",
        (
            "cat > /home/ec2-user/routes.sh <<'EOF'\nip route add 10.0.0.0/8 via 172.31.64.1\nEOF\n"
            "chmod +x /home/ec2-user/routes.sh\nchown ec2-user: /home/ec2-user/routes.sh\n"
        ),
    ),
    ("behind an exit", "exit 0\nip route add 10.0.0.0/8 via 172.31.64.1\n"),
    (
        "never true",
        "if false; then ip route add 10.0.0.0/8 via 172.31.64.1; fi\ntrue || ip route add 10/8 dev eth2\n",
    ),
    (
        "an empty list",
        'NETS=()\nfor n in "${NETS[@]}"; do ip route add $n dev eth2; done\n',
    ),
    (
        "an option that is off",
        'ADD_ROUTES=false\nif [ "$ADD_ROUTES" = true ]; then ip route add 10.0.0.0/8 dev eth2; fi\n',
    ),
    (
        "added and deleted",
        "ip route add 10.0.0.0/8 via 172.31.64.1\nip route del 10.0.0.0/8 via 172.31.64.1\n",
    ),
    ("added and flushed", "ip route add 10.0.0.0/8 via 172.31.64.1\nip route flush 10.0.0.0/8\n"),
    ("deleted only", "ip route del default\nroute del -net 10.0.0.0/8\n"),
    (
        "a mount",
        "mkdir -p /mnt/efs\nmount -t nfs4 -o nfsvers=4.1,rsize=1048576 fs-1.example.com:/ /mnt/efs\n",
    ),
    (
        "a daemon's loop",
        """\
        cat > /opt/watch.sh <<'EOF'
        i=0
        while true; do i=$((i+1)); sleep 60; done
        EOF
        nohup bash /opt/watch.sh &
        """,
    ),
    ("an unfinished script without routes", "if [ -f /x ]; then\n  pip install boto3\n"),
    ("Windows line ends without routes", "#!/bin/bash\r\npip install boto3\r\n"),
    ("Python with a shebang", "#!/usr/bin/env python3\nimport boto3\nprint('route')\n"),
    (
        "AWS calls",
        (
            "ARN=$(aws sts get-caller-identity --query Arn --output text)\n"
            "aws s3 cp s3://bucket/data.csv /home/ec2-user/SageMaker/\naws s3 sync s3://bucket/nb ./nb\n"
            "aws ec2 describe-route-tables --query 'RouteTables[0]'\n"
        ),
    ),
    (
        "name resolution and certificates",
        (
            "echo 'nameserver 10.0.0.2' > /etc/resolv.conf\ncp /tmp/ca.pem /etc/pki/anchors/\n"
            "update-ca-trust extract\ncat <<EOF >> /etc/hosts\n10.0.0.5 git.example.com\nEOF\n"
        ),
    ),
    (
        "a cron entry without routes",
        "echo '0 * * * * root /usr/bin/sync' > /etc/cron.d/sync\nsystemctl restart crond\n",
    ),
    (
        "a restart of the network",
        "sed -i 's/=no/=yes/' /etc/sysconfig/network-scripts/ifcfg-eth2\nsystemctl restart network\n",
    ),
]


def _value(value: object) -> str:
    match value:
        case Unknown():
            return "(?)"
        case FoundByScript():
            return "(found)"
        case _:
            return str(value)


def _written(route: ScriptRoute | Unknown) -> str:
    if isinstance(route, Unknown):
        return f"?: {route.reason}"
    parts = [_value(route.destination)]
    parts += [] if route.via is None else ["via", _value(route.via)]
    parts += [] if route.dev is None else ["dev", _value(route.dev)]
    parts += [] if route.verb == "add" else [route.verb]
    parts += [f"@{route.line}"]
    return " ".join(parts + (["perhaps"] if route.conditional else []))


@pytest.mark.parametrize(
    ("script", "routes"), [case[1:] for case in ADDING], ids=[case[0] for case in ADDING]
)
def test_routes_that_a_script_adds(script: str, routes: list[str]) -> None:
    assert [_written(route) for route in routes_of(dedent(script))] == routes


@pytest.mark.parametrize("script", [case[1] for case in ADDING_NONE], ids=[case[0] for case in ADDING_NONE])
def test_scripts_that_add_none(script: str) -> None:
    assert routes_of(dedent(script)) == ()


def test_a_route_has_typed_values_and_its_text() -> None:
    script = 'GW=172.31.64.1\nsudo ip route add 10.0.0.0/8 \\\n  via "$GW" dev eth2  # headquarters\n'
    assert routes_of(script) == (
        ScriptRoute(
            destination=ip_network("10.0.0.0/8"),
            via=ip_address("172.31.64.1"),
            dev="eth2",
            line=2,
            verb="add",
            text='sudo ip route add 10.0.0.0/8 via "$GW" dev eth2',
        ),
    )


def test_what_is_found_says_how() -> None:
    (route,) = routes_of("ip route add 10.0.0.0/8 via $(ip r get 172.31.64.9 | awk '{print $3}')\n")
    assert isinstance(route, ScriptRoute)
    assert route.via == FoundByScript("ip route get")
    assert route.dev is None


def test_what_is_not_known_says_why() -> None:
    (route,) = routes_of("ip route add ${OnPrem}/16 via $(cat /opt/gw) dev eth$N\n")
    assert isinstance(route, ScriptRoute)
    assert route.destination == Unknown("`OnPrem` is not set in the script", "${OnPrem}/16")
    assert route.via == Unknown("it is the output of `cat /opt/gw`")
    assert route.dev == Unknown("`N` is not set in the script", "eth${…}")


def test_gaps_are_shown_as_the_template_has_them() -> None:
    script = "cat > x.sh <<EOF\nip route add ${AWS::Region} via '${aws_subnet.a.gateway}'\nEOF\nbash x.sh\n"
    (route,) = routes_of(script)
    assert isinstance(route, ScriptRoute)
    assert route.text == "ip route add ${AWS::Region} via '${aws_subnet.a.gateway}'"
    assert route.destination == Unknown("`${AWS::Region}` is not known", "${AWS::Region}")
    assert route.via == Unknown("`${aws_subnet.a.gateway}` is not known", "${aws_subnet.a.gateway}")


def test_words_are_shown_where_the_script_has_variables_alone() -> None:
    (route,) = routes_of('run() { "$@"; }\nrun ip route add 10.0.0.0/8 via 172.31.64.1\n')
    assert isinstance(route, ScriptRoute)
    assert route.text == "ip route add 10.0.0.0/8 via 172.31.64.1"


def test_a_long_command_is_cut() -> None:
    (route,) = routes_of(f"ip route add 10.0.0.0/8 via 172.31.64.1 || echo {'x' * 300}\n")
    (long,) = routes_of(f"ip route add 10.0.0.0/8 via 172.31.64.1 src ${{A:-{'x' * 300}}}\n")
    assert isinstance(route, ScriptRoute)
    assert isinstance(long, ScriptRoute)
    assert route.text == "ip route add 10.0.0.0/8 via 172.31.64.1"
    assert (len(long.text), long.text[-1]) == (200, "…")


# -- limits ----------------------------------------------------------------------------------------

LIMITS = [
    ("f() { f; }; f; ip route add 10.0.0.0/8 dev eth2", "deeper than"),
    ("echo '. /x.sh' > /x.sh; . /x.sh; ip route add 10.0.0.0/8 dev eth2", "calls deeper than 20"),
    ('x=\'eval "$x"\'; eval "$x"; ip route add 10.0.0.0/8 dev eth2', "calls deeper than 20"),
    ("while read n; do ip route add $n dev eth2; done <<E\n" + "10.0.0.1\n" * 1_200 + "E\n", "1,000 times"),
    ("i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; ip route add 10.0.0.0/8 dev eth2", "1,000 times"),
    ("for i in {1..5000}; do ip route add 10.0.0.0/8 dev eth2; done", "more words than are followed"),
    ("for i in {1..40}{1..40}; do ip route add 10.0.0.0/8 dev eth2; done", "more words than are followed"),
    ("for a in {1..99}; do for b in {1..99}; do ip route add 10.0.$a.$b dev e; done; done", "does more than"),
    ('a=(1 2); for i in {1..99}; do a+=("${a[@]}"); done; ip route add 10.0.0.0/8 dev e', "1,000 elements"),
    ("( " * 99 + "ip route add 10.0.0.0/8 dev eth2" + " )" * 99, "nests deeper than 60"),
    ("ip route add 10.0.0.0/8 dev eth2\n" + "#" * 16_384, "16,384 are read"),
]


@pytest.mark.parametrize(("script", "reason"), LIMITS)
def test_what_goes_too_far_is_not_followed(script: str, reason: str) -> None:
    start = time.monotonic()
    *_, last = routes_of(script)
    assert time.monotonic() - start < 20
    assert isinstance(last, Unknown)
    assert reason in last.reason


def test_texts_do_not_grow_without_end() -> None:
    script = "x=10.0.0.0/8\nfor i in {1..200}; do x=$x$x; done\nip route add $x dev eth2\n"
    (route,) = routes_of(script)
    assert isinstance(route, ScriptRoute)
    assert isinstance(route.destination, Unknown)
    assert "grows over" in route.destination.reason


def test_many_here_documents_are_read() -> None:
    script = (
        "cat <<A > /dev/null\nip route add 10.9.0.0/16 dev eth2\nA\n" * 40
        + "ip route add 10.0.0.0/8 dev eth2\n"
    )
    assert [_written(route) for route in routes_of(script)] == ["10.0.0.0/8 dev eth2 @121"]


_PIECES = st.sampled_from(
    [
        "ip route add ",
        "10.0.0.0/8 ",
        "via ",
        "172.31.64.1 ",
        "$X ",
        "${X:-",
        "${X%/*}",
        "}",
        "$(",
        "`",
        ")",
        "(",
        "((",
        "))",
        "[[ ",
        "]]",
        "[ ",
        "] ",
        "if ",
        "then ",
        "fi ",
        "else ",
        "elif ",
        "for x in ",
        "do ",
        "done ",
        "while ",
        "until ",
        "case ",
        "esac ",
        "in ",
        ";;",
        "|",
        "||",
        "&&",
        "&",
        ";",
        "\n",
        "<<EOF\n",
        "EOF\n",
        "<<<",
        "<(",
        ">",
        "{",
        "'",
        '"',
        "\\",
        "$'",
        "f() ",
        "f ",
        "return ",
        "exit ",
        "break ",
        "local x=",
        "a=(",
        "a+=",
        "${a[@]}",
        '"$@"',
        "$((",
        "x+1",
        "sudo ",
        "bash -c ",
        "eval ",
        "xargs ",
        "read x ",
        "{1..3}",
        "set -- ",
        "shift ",
        "nmcli c m eth2 +ipv4.routes ",
        "tee f ",
        "source f ",
        "${!a[@]}",
        "é",
        "\x00",
        "\t",
    ]
)
_ANY = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@_ANY
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_no_arrangement_of_shell_words_raises(script: str) -> None:
    assert all(isinstance(route, ScriptRoute | Unknown) for route in routes_of(script))


@_ANY
@given(st.text(max_size=300))
def test_no_text_raises(script: str) -> None:
    assert all(isinstance(route, ScriptRoute | Unknown) for route in routes_of(script))


@_ANY
@given(st.sampled_from(ADDING), st.data())
def test_no_torn_script_raises(case: tuple[str, str, list[str]], data: st.DataObject) -> None:
    script = dedent(case[1])
    start = data.draw(st.integers(0, len(script)))
    end = data.draw(st.integers(start, len(script)))
    torn = script[:start] + data.draw(_PIECES) + script[end:]
    assert all(isinstance(route, ScriptRoute | Unknown) for route in routes_of(torn))


# -- what the API takes ----------------------------------------------------------------------------


def _encoded(script: str | bytes) -> str:
    return base64.b64encode(script.encode() if isinstance(script, str) else script).decode()


def test_content_is_decoded() -> None:
    assert decoded(_encoded("ip route\n")) == "ip route\n"
    assert decoded(_encoded("é" * 100)) == "é" * 100
    assert decoded(base64.encodebytes(b"echo\n" * 100).decode()) == "echo\n" * 100
    assert decoded(_encoded(b"\xef\xbb\xbfip route")) == "ip route"
    assert decoded("") == ""
    assert decoded(None) == ""


def test_bytes_that_are_no_text_survive() -> None:
    text = decoded(_encoded(b"# caf\xe9\nip route add 10.0.0.0/8 via 172.31.64.1\n"))
    assert isinstance(text, str)
    assert [_written(route) for route in routes_of(text)] == ["10.0.0.0/8 via 172.31.64.1 @2"]


@pytest.mark.parametrize(
    "content",
    [
        "#!/bin/bash\nip route add 10.0.0.0/8 via 172.31.64.1\n",
        "YWJ",
        "YW=j",
        "é",
        "sudo ip route",
        "QUJD====",
    ],
)
def test_what_is_not_base64_is_refused(content: str) -> None:
    assert decoded(content) == RefusedScript("the script is not encoded in Base64")


def test_the_limit_counts_encoded_characters() -> None:
    fits, over = _encoded("#" * 12_288), _encoded("#" * 12_289)
    assert len(fits) == 16_384
    assert decoded(fits) == "#" * 12_288
    assert decoded(over) == RefusedScript(
        "the script has 16,388 characters in Base64, and the limit is 16,384"
    )


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08\x00rest", b"\x7fELF\x00\x00"])
def test_what_is_no_script_is_unknown(content: bytes) -> None:
    assert isinstance(decoded(_encoded(content)), Unknown)


def test_what_is_known_in_part_is_decoded() -> None:
    known_in_part = Unknown(
        "parameter Cidr has no default", _encoded("ip route add ${Cidr} via 172.31.64.1\n")
    )
    text = decoded(known_in_part)
    assert text == "ip route add ${Cidr} via 172.31.64.1\n"
    assert [_written(route) for route in routes_of(text)] == ["(?) via 172.31.64.1 @1"]


@pytest.mark.parametrize(
    "value",
    [Unknown("it is imported"), Unknown("it is imported", "${ImportValue:script}"), Unknown("gap", "")],
)
def test_what_is_not_known_stays_so(value: Maybe[str]) -> None:
    assert decoded(value) is value


def test_no_script_loads_no_grammar() -> None:
    code = (
        "import sys\n"
        "from sagemaker_netlint.readers.lifecycle_scripts.scripts import decoded, routes_of\n"
        "assert routes_of(decoded(None)) == ()\n"
        "print([name for name in sys.modules if name.startswith('tree_sitter')])\n"
        "routes_of('true')\n"
        "print('tree_sitter_bash' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.stdout.splitlines() == ["[]", "True"], result.stderr
