'use strict';
// A stack as people publish them: a rule starts a workflow; it makes a request, hands a task token to a queue and waits; a function mails the link;
// the link leads through API Gateway to the function that answers the token. Uses what aws-cdk-lib 2.28.1 has as well as the newest.
const cdk = require('aws-cdk-lib');
const path = require('node:path');
const { aws_apigateway: apigateway, aws_events: events, aws_events_targets: targets, aws_iam: iam, aws_lambda: lambda, aws_lambda_event_sources: sources, aws_logs: logs, aws_sns: sns,
  aws_sns_subscriptions: subscriptions, aws_sqs: sqs, aws_stepfunctions: sfn, aws_stepfunctions_tasks: tasks } = cdk;

const stage = 'live';
const linkTemplate = `#set($root = $input.path('$'))
{
  "request": "$input.params('request')",
  "asked": "$input.params('asked')",
  "token": "$input.params('token')"
}`;

class ConfirmationStack extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const code = (name) => lambda.Code.fromAsset(path.join(__dirname, 'functions', name));
    const make = (name, more = {}) => new lambda.Function(this, name, { runtime: lambda.Runtime.NODEJS_14_X, handler: 'index.handler', timeout: cdk.Duration.seconds(5), ...more });

    const questions = new sqs.Queue(this, 'Questions');
    const makeRequest = make('MakeRequest', { code: code('make-request'), environment: { WORDING: this.node.tryGetContext('wording') || 'first' } });
    const finish = make('Finish', { code: code('finish') });
    const confirm = make('Confirm', { code: code('confirm') });

    const first = new tasks.LambdaInvoke(this, 'Make the request', { lambdaFunction: makeRequest, outputPath: '$.Payload' });
    const wait = new tasks.SqsSendMessage(this, 'Ask for confirmation', {
      queue: questions,
      integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      messageBody: sfn.TaskInput.fromObject({ 'Request.$': '$', Token: sfn.JsonPath.taskToken }),
    });
    const last = new tasks.LambdaInvoke(this, 'Finish the request', { lambdaFunction: finish, payload: sfn.TaskInput.fromObject({ Answer: sfn.JsonPath.entirePayload }), outputPath: '$.Payload' });
    const machine = new sfn.StateMachine(this, 'Machine', { definition: first.next(wait).next(last), timeout: cdk.Duration.minutes(5), stateMachineName: 'Confirmation' });
    confirm.role.attachInlinePolicy(new iam.Policy(this, 'Answering', { statements: [new iam.PolicyStatement({ actions: ['states:SendTask*'], resources: [machine.stateMachineArn] })] }));

    const accessLog = new logs.LogGroup(this, 'AccessLog', { retention: logs.RetentionDays.THREE_MONTHS });
    const gatewayRole = new iam.Role(this, 'GatewayRole', { assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com') });
    confirm.grantInvoke(gatewayRole);
    const api = new apigateway.RestApi(this, 'Links', {
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      deployOptions: { stageName: stage, accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
        accessLogFormat: apigateway.AccessLogFormat.custom('{"requestId":"$context.requestId","method":"$context.httpMethod","path":"$context.resourcePath","status":"$context.status","user":"$context.identity.user"}') },
    });
    api.root.addResource('confirm').addMethod('GET', new apigateway.LambdaIntegration(confirm, {
      proxy: false, credentialsRole: gatewayRole, passthroughBehavior: apigateway.PassthroughBehavior.WHEN_NO_TEMPLATES,
      requestTemplates: { 'application/json': linkTemplate }, integrationResponses: [{ statusCode: '200' }],
    }), { requestParameters: { 'method.request.querystring.request': true }, methodResponses: [{ statusCode: '200', responseModels: { 'application/json': apigateway.Model.EMPTY_MODEL } }] });

    const topic = new sns.Topic(this, 'Topic', { topicName: 'confirmation' });
    topic.addSubscription(new subscriptions.EmailSubscription('ada@example.org'));
    const ask = make('Ask', { code: code('ask'), environment: { LINK: `https://${api.restApiId}.execute-api.${this.region}.${this.urlSuffix}/${stage}/`, TOPIC: topic.topicArn, QUEUE: questions.queueUrl } });
    ask.addEventSource(new sources.SqsEventSource(questions));
    topic.grantPublish(ask);

    new events.Rule(this, 'Every', { schedule: events.Schedule.rate(cdk.Duration.minutes(1)) }).addTarget(new targets.SfnStateMachine(machine));
    new cdk.CfnOutput(this, 'MachineArn', { value: machine.stateMachineArn });
    new cdk.CfnOutput(this, 'LinksUrl', { value: api.url });
  }
}

new ConfirmationStack(new cdk.App(), 'Confirmation');
