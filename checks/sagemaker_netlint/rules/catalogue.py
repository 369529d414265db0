"""All rules, by id: an explicit list, since importing must do nothing."""

from __future__ import annotations

from sagemaker_netlint.rules.rule import Rule
from sagemaker_netlint.rules.smn001_unreadable_input import RULE as SMN001
from sagemaker_netlint.rules.smn002_waiver_expired import RULE as SMN002
from sagemaker_netlint.rules.smn101_domain_public_network_mode import RULE as SMN101
from sagemaker_netlint.rules.smn102_domain_single_zone import RULE as SMN102
from sagemaker_netlint.rules.smn103_domain_subnet_outside_vpc import RULE as SMN103
from sagemaker_netlint.rules.smn104_domain_vpc_dedicated_tenancy import RULE as SMN104
from sagemaker_netlint.rules.smn105_profiles_share_security_group import RULE as SMN105
from sagemaker_netlint.rules.smn106_vpc_only_without_security_group import RULE as SMN106
from sagemaker_netlint.rules.smn107_domain_network_replaced import RULE as SMN107
from sagemaker_netlint.rules.smn108_domain_in_default_vpc import RULE as SMN108
from sagemaker_netlint.rules.smn201_notebook_direct_internet import RULE as SMN201
from sagemaker_netlint.rules.smn202_notebook_outside_vpc import RULE as SMN202
from sagemaker_netlint.rules.smn203_notebook_disabled_without_subnet import RULE as SMN203
from sagemaker_netlint.rules.smn204_notebook_without_way_out import RULE as SMN204
from sagemaker_netlint.rules.smn205_notebook_on_premises_route_missing import RULE as SMN205
from sagemaker_netlint.rules.smn206_notebook_route_lost_on_restart import RULE as SMN206
from sagemaker_netlint.rules.smn207_notebook_route_wrong_hop import RULE as SMN207
from sagemaker_netlint.rules.smn208_docker_bridge_overlap import RULE as SMN208
from sagemaker_netlint.rules.smn209_notebook_script_over_limit import RULE as SMN209
from sagemaker_netlint.rules.smn301_job_outside_vpc import RULE as SMN301
from sagemaker_netlint.rules.smn302_job_without_network_isolation import RULE as SMN302
from sagemaker_netlint.rules.smn303_job_traffic_unencrypted import RULE as SMN303
from sagemaker_netlint.rules.smn304_job_in_unapproved_subnet import RULE as SMN304
from sagemaker_netlint.rules.smn305_distributed_job_group_closed import RULE as SMN305
from sagemaker_netlint.rules.smn306_job_definition_out_of_sight import RULE as SMN306
from sagemaker_netlint.rules.smn307_job_without_way_out import RULE as SMN307
from sagemaker_netlint.rules.smn308_encrypted_job_ports_closed import RULE as SMN308
from sagemaker_netlint.rules.smn401_model_outside_vpc import RULE as SMN401
from sagemaker_netlint.rules.smn402_model_without_network_isolation import RULE as SMN402
from sagemaker_netlint.rules.smn403_endpoint_config_network import RULE as SMN403
from sagemaker_netlint.rules.smn404_model_registry_not_vpc import RULE as SMN404
from sagemaker_netlint.rules.smn405_cluster_outside_vpc import RULE as SMN405
from sagemaker_netlint.rules.smn406_workload_in_public_subnet import RULE as SMN406
from sagemaker_netlint.rules.smn407_model_network_change_not_applied import RULE as SMN407
from sagemaker_netlint.rules.smn408_hosting_single_zone import RULE as SMN408
from sagemaker_netlint.rules.smn409_workforce_outside_vpc import RULE as SMN409
from sagemaker_netlint.rules.smn501_subnet_too_small import RULE as SMN501
from sagemaker_netlint.rules.smn502_capacity_lost_with_zone import RULE as SMN502
from sagemaker_netlint.rules.smn503_subnet_below_minimum_prefix import RULE as SMN503
from sagemaker_netlint.rules.smn504_capacity_exhausted_before_horizon import RULE as SMN504
from sagemaker_netlint.rules.smn601_vpc_endpoint_missing import RULE as SMN601
from sagemaker_netlint.rules.smn602_endpoint_private_dns_off import RULE as SMN602
from sagemaker_netlint.rules.smn603_vpc_dns_off import RULE as SMN603
from sagemaker_netlint.rules.smn604_endpoint_group_closed import RULE as SMN604
from sagemaker_netlint.rules.smn605_endpoint_zone_gap import RULE as SMN605
from sagemaker_netlint.rules.smn606_gateway_endpoint_unrouted import RULE as SMN606
from sagemaker_netlint.rules.smn607_endpoint_policy_open import RULE as SMN607
from sagemaker_netlint.rules.smn608_endpoint_type_omitted import RULE as SMN608
from sagemaker_netlint.rules.smn701_vpc_only_without_way_out import RULE as SMN701
from sagemaker_netlint.rules.smn702_internet_egress_by_nat import RULE as SMN702
from sagemaker_netlint.rules.smn703_nat_zone_dependence import RULE as SMN703
from sagemaker_netlint.rules.smn801_workload_group_open_ingress import RULE as SMN801
from sagemaker_netlint.rules.smn802_studio_group_without_nfs import RULE as SMN802
from sagemaker_netlint.rules.smn803_studio_group_closed_to_itself import RULE as SMN803
from sagemaker_netlint.rules.smn804_workload_group_open_egress import RULE as SMN804
from sagemaker_netlint.rules.smn805_network_acl_blocks_workload import RULE as SMN805
from sagemaker_netlint.rules.smn901_iam_job_without_vpc_condition import RULE as SMN901
from sagemaker_netlint.rules.smn902_iam_job_without_isolation_condition import RULE as SMN902
from sagemaker_netlint.rules.smn903_iam_notebook_without_internet_condition import RULE as SMN903
from sagemaker_netlint.rules.smn904_iam_domain_without_mode_condition import RULE as SMN904
from sagemaker_netlint.rules.smn905_iam_guardrail_bypassed import RULE as SMN905
from sagemaker_netlint.rules.smn906_presigned_url_from_anywhere import RULE as SMN906

ALL_RULES: tuple[Rule, ...] = (
    SMN001,
    SMN002,
    SMN101,
    SMN102,
    SMN103,
    SMN104,
    SMN105,
    SMN106,
    SMN107,
    SMN108,
    SMN201,
    SMN202,
    SMN203,
    SMN204,
    SMN205,
    SMN206,
    SMN207,
    SMN208,
    SMN209,
    SMN301,
    SMN302,
    SMN303,
    SMN304,
    SMN305,
    SMN306,
    SMN307,
    SMN308,
    SMN401,
    SMN402,
    SMN403,
    SMN404,
    SMN405,
    SMN406,
    SMN407,
    SMN408,
    SMN409,
    SMN501,
    SMN502,
    SMN503,
    SMN504,
    SMN601,
    SMN602,
    SMN603,
    SMN604,
    SMN605,
    SMN606,
    SMN607,
    SMN608,
    SMN701,
    SMN702,
    SMN703,
    SMN801,
    SMN802,
    SMN803,
    SMN804,
    SMN805,
    SMN901,
    SMN902,
    SMN903,
    SMN904,
    SMN905,
    SMN906,
)

BY_ID = {rule.id: rule for rule in ALL_RULES}
