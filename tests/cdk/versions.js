'use strict';
// A stack that publishes what it deploys: the current version of a function, an alias on it, a layer, and a workflow from a file that calls the alias.
const cdk = require('aws-cdk-lib');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { aws_lambda: lambda, aws_stepfunctions: sfn } = cdk;

const folder = (...parts) => path.join(__dirname, ...parts);

/** A layer's folder with one module, as `npm install` would leave it. */
function wordsLayer() {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'words-'));
  const module = path.join(made, 'nodejs', 'node_modules', 'words');
  fs.mkdirSync(module, { recursive: true });
  fs.writeFileSync(path.join(module, 'index.js'), "exports.greeting = 'hello';\n");
  return made;
}

class VersionsStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const layer = new lambda.LayerVersion(this, 'Words', { code: lambda.Code.fromAsset(wordsLayer()), compatibleRuntimes: [lambda.Runtime.NODEJS_20_X], description: 'words' });
    const greet = new lambda.Function(this, 'Greet', {
      runtime: lambda.Runtime.NODEJS_20_X, handler: 'index.handler', code: lambda.Code.fromAsset(folder('functions', 'greet')), layers: [layer],
      environment: { WORDING: this.node.tryGetContext('wording') || 'first' },
    });
    const live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: greet.currentVersion });
    new sfn.StateMachine(this, 'Machine', {
      stateMachineName: 'Greeting', definitionBody: sfn.DefinitionBody.fromFile(folder('greeting.asl.json')), definitionSubstitutions: { Greet: live.functionArn },
    });
    new cdk.CfnOutput(this, 'Version', { value: greet.currentVersion.functionArn });
    new cdk.CfnOutput(this, 'Alias', { value: live.functionArn });
  }
}

new VersionsStack(new cdk.App(), 'Versions');
