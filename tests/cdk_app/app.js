// An ML estate as people write it in CDK. `node app.js FOLDER` synthesises it into FOLDER.
//
// As in fixtures/, the name of a construct says what is expected of it: Fail..., Pass..., Unknown....
const { App, CfnParameter, LegacyStackSynthesizer, NestedStack, Stack } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const lambda = require('aws-cdk-lib/aws-lambda');
const sagemaker = require('aws-cdk-lib/aws-sagemaker');

const ROLE = 'arn:aws:iam::123456789012:role/sagemaker';
const NOTEBOOK = { instanceType: 'ml.t3.medium', roleArn: ROLE };

function domain(scope, id, vpc, group, more) {
  return new sagemaker.CfnDomain(scope, id, {
    authMode: 'IAM',
    domainName: id.toLowerCase(),
    vpcId: vpc.vpcId,
    subnetIds: vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }).subnetIds,
    defaultUserSettings: { executionRole: ROLE, securityGroups: [group.securityGroupId] },
    ...more,
  });
}

class Estate extends Stack {
  constructor(app, id, props) {
    super(app, id, props);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.20.0.0/16'),
      maxAzs: 2,
      natGateways: 1, // stands in for the endpoints
    });
    const group = new ec2.SecurityGroup(this, 'StudioGroup', { vpc });
    group.connections.allowInternally(ec2.Port.tcpRange(8192, 65535));

    domain(this, 'PassDomain', vpc, group, { appNetworkAccessType: 'VpcOnly' });
    domain(this, 'FailDomain', vpc, group, {}); // the access type is not set: PublicInternetOnly

    new sagemaker.CfnNotebookInstance(this, 'FailNotebook', NOTEBOOK);
    new sagemaker.CfnNotebookInstance(this, 'PassNotebook', {
      ...NOTEBOOK,
      directInternetAccess: 'Disabled',
      subnetId: vpc.privateSubnets[0].subnetId,
      securityGroupIds: [group.securityGroupId],
    });
    const mode = new CfnParameter(this, 'NotebookInternet'); // no default: decided at deployment
    new sagemaker.CfnNotebookInstance(this, 'UnknownNotebook', {
      ...NOTEBOOK,
      directInternetAccess: mode.valueAsString,
      subnetId: vpc.privateSubnets[0].subnetId,
      securityGroupIds: [group.securityGroupId],
    });
  }
}

// The same VPC without a way out, in a nested stack, with an asset's parameters beside it.
class Isolated extends NestedStack {
  constructor(scope, id) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.30.0.0/16'),
      maxAzs: 2,
      subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    });
    const group = new ec2.SecurityGroup(this, 'StudioGroup', { vpc: this.vpc });
    group.connections.allowInternally(ec2.Port.tcpRange(8192, 65535));
    new sagemaker.CfnDomain(this, 'FailIsolatedDomain', {
      authMode: 'IAM',
      domainName: 'isolated',
      vpcId: this.vpc.vpcId,
      subnetIds: this.vpc.isolatedSubnets.map((subnet) => subnet.subnetId),
      appNetworkAccessType: 'VpcOnly',
      defaultUserSettings: { executionRole: ROLE, securityGroups: [group.securityGroupId] },
    });
  }
}

class Legacy extends Stack {
  constructor(app, id) {
    super(app, id, { synthesizer: new LegacyStackSynthesizer() }); // gives asset parameters
    new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(`${__dirname}/handler`),
    });
    new Isolated(this, 'Isolated');
  }
}

const app = new App({ outdir: process.argv[2] });
new Estate(app, 'Estate');
new Legacy(app, 'Legacy');
app.synth();
