'use strict';
// An HTTP API as CDK's constructs make it: functions, a workflow, a queue and a bus behind routes, CORS, a named stage beside the default one; a function's URL. The wording
// `second` has one route more.
const cdk = require('aws-cdk-lib');
const { aws_apigatewayv2: gateway, aws_apigatewayv2_integrations: integrations, aws_lambda: lambda, aws_logs: logs, aws_sqs: sqs, aws_stepfunctions: sfn, aws_stepfunctions_tasks: tasks } = cdk;

const ANSWER = `
const { SFNClient, SendTaskSuccessCommand } = require('@aws-sdk/client-sfn');
exports.handler = async (event) => {
  await new SFNClient().send(new SendTaskSuccessCommand({ taskToken: event.queryStringParameters.token, output: JSON.stringify({ said: event.pathParameters.word }) }));
  return { statusCode: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Thank you</h1>', cookies: ['answered=yes'] };
};`;
const ECHO = 'exports.handler = async (event) => ({ route: event.routeKey, path: event.rawPath, stage: event.requestContext.stage });';

class HttpApiStack extends cdk.Stack {
  constructor(scope, id) {
    super(scope, id);
    const make = (name, code) => new lambda.Function(this, name, { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline(code) });
    const [answer, echo] = [make('Answer', ANSWER), make('Echo', ECHO)];
    const api = new gateway.HttpApi(this, 'Api', {
      corsPreflight: { allowOrigins: ['https://example.org'], allowMethods: [gateway.CorsHttpMethod.GET], maxAge: cdk.Duration.minutes(5) },
      defaultIntegration: new integrations.HttpLambdaIntegration('EchoIntegration', echo),
    });
    const questions = new sqs.Queue(this, 'Questions');
    const ask = new tasks.SqsSendMessage(this, 'Ask', { queue: questions, integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      messageBody: sfn.TaskInput.fromObject({ token: sfn.JsonPath.taskToken, 'input.$': '$', link: api.apiEndpoint + '/answers/' }) });
    const machine = new sfn.StateMachine(this, 'Machine', { definitionBody: sfn.DefinitionBody.fromChainable(ask) });
    answer.addToRolePolicy(new cdk.aws_iam.PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [machine.stateMachineArn] }));

    const route = (path, method, integration) => api.addRoutes({ path, methods: [method], integration });
    route('/answers/{word}', gateway.HttpMethod.GET, new integrations.HttpLambdaIntegration('AnswerIntegration', answer));
    route('/executions', gateway.HttpMethod.POST, new integrations.HttpStepFunctionsIntegration('Start', { stateMachine: machine }));
    route('/messages', gateway.HttpMethod.POST, new integrations.HttpSqsIntegration('Send', { queue: questions }));
    route('/proxied/{proxy+}', gateway.HttpMethod.ANY, new integrations.HttpUrlIntegration('Url', `${api.apiEndpoint}/echoed/{proxy}`));
    if (this.node.tryGetContext('wording') === 'second') route('/second', gateway.HttpMethod.GET, new integrations.HttpLambdaIntegration('Second', echo));

    const echoUrl = echo.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE, cors: { allowedOrigins: ['*'], allowedMethods: [lambda.HttpMethod.GET] } });
    new cdk.CfnOutput(this, 'EchoUrl', { value: echoUrl.url });
    const accessLog = new logs.LogGroup(this, 'AccessLog', { retention: logs.RetentionDays.ONE_DAY });
    new gateway.HttpStage(this, 'Named', { httpApi: api, stageName: 'named', autoDeploy: true, throttle: { rateLimit: 100, burstLimit: 50 },
      accessLogSettings: { destination: new gateway.LogGroupLogDestination(accessLog) } });
    new cdk.CfnOutput(this, 'Url', { value: api.url });
    new cdk.CfnOutput(this, 'QuestionsUrl', { value: questions.queueUrl });
    new cdk.CfnOutput(this, 'AccessLogName', { value: accessLog.logGroupName });
  }
}

new HttpApiStack(new cdk.App(), 'HttpApi');
