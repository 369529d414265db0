"""Actions of the SageMaker API, as documents spell them: what a call of one means for the network.

Which actions make something with network settings is read off the request shapes of the API's model
(botocore 1.44.5, sagemaker 2017-07-24).
"""

from __future__ import annotations

from functools import cache

from sagemaker_netlint.network.values import Unknown
from sagemaker_netlint.readers.mapping import TABLE, entities_of
from sagemaker_netlint.readers.raw import operation_row

# What they create or update has no network settings, or they can't change them (UpdateNotebookInstance).
# Not here, though its request has no field either: CreatePipeline and CreateJob bring documents of their own.
_WITHOUT_NETWORK = frozenset(
    """
    CreateAIRecommendationJob CreateAIWorkloadConfig CreateAction CreateAlgorithm CreateApp
    CreateAppImageConfig CreateArtifact CreateClusterExtension CreateClusterSchedulerConfig
    CreateCodeRepository CreateComputeQuota CreateContext CreateDeviceFleet CreateEdgeDeploymentPlan
    CreateEdgeDeploymentStage CreateEdgePackagingJob CreateExperiment CreateFeatureGroup
    CreateFlowDefinition CreateHub CreateHubContentPresignedUrls CreateHubContentReference
    CreateHumanTaskUi CreateImage CreateImageVersion CreateInferenceComponent CreateInferenceExperiment
    CreateInferenceRouter CreateMlflowApp CreateMlflowTrackingServer CreateModelCard
    CreateModelCardExportJob CreateModelPackage CreateModelPackageGroup
    CreateNotebookInstanceLifecycleConfig CreatePartnerApp CreatePartnerAppPresignedUrl
    CreatePresignedDomainUrl CreatePresignedMlflowAppUrl CreatePresignedMlflowTrackingServerUrl
    CreatePresignedNotebookInstanceUrl CreateProject CreateSpace CreateStudioLifecycleConfig
    CreateTrainingPlan CreateTrial CreateTrialComponent CreateWorkteam
    UpdateAction UpdateAppImageConfig UpdateArtifact UpdateClusterExtension UpdateClusterSchedulerConfig
    UpdateClusterSoftware UpdateCodeRepository UpdateComputeQuota UpdateContext UpdateDeviceFleet
    UpdateDevices UpdateEndpointWeightsAndCapacities UpdateExperiment UpdateFeatureGroup
    UpdateFeatureMetadata UpdateHub UpdateHubContent UpdateHubContentReference UpdateImage
    UpdateImageVersion UpdateInferenceComponent UpdateInferenceComponentRuntimeConfig
    UpdateInferenceExperiment UpdateInferenceRouter UpdateMlflowApp UpdateMlflowTrackingServer
    UpdateModelCard UpdateModelPackage UpdateMonitoringAlert UpdateNotebookInstance
    UpdateNotebookInstanceLifecycleConfig UpdatePartnerApp UpdatePipelineExecution UpdatePipelineVersion
    UpdateProject UpdateSpace UpdateTrainingJob UpdateTrial UpdateTrialComponent UpdateWorkteam
    """.lower().split()
)
_MAKE_OR_CHANGE = ("create", "update", "attachclusternodenetworkinterface")


def operation_of(action: str) -> str | Unknown | None:
    """Return the operation that an action calls, as the mapping table spells it: `CreateAutoMLJobV2`.

    `None` where it has nothing to do with network settings, `Unknown` where it may, and is not read. The
    action is in any case: `createAutoMLJobV2`.
    """
    name = action.lower()
    if name in _read() or name in _WITHOUT_NETWORK or not name.startswith(_MAKE_OR_CHANGE):
        return _read().get(name)
    return Unknown(f"calls of {action[:1].upper()}{action[1:]} are not read")


@cache
def _read() -> dict[str, str]:
    return {operation.lower(): operation for entity in TABLE for operation in entity.operations}


@cache
def members_read(operation: str) -> frozenset[str]:
    """Return the members at the top of an operation's request of which the mapping table reads something."""
    entities = entities_of(operation_row(operation))
    cells = [cell for entity in entities for cell in (entity.cfn_at, *(field.cfn for field in entity.fields))]
    paths = [path for cell in cells if cell for path in cell.split(" | ")]
    return frozenset(path.partition(".")[0].removesuffix("[]").removeprefix("^") for path in paths)
