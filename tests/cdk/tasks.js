'use strict';
// What the constructs of aws-stepfunctions-tasks, aws-scheduler and aws-apigateway make, each with the roles and permissions that CDK gives it: a queue's worker that answers with a task
// token, a nested execution, a call of the SDK, a topic, events; started by a rule, by a schedule and by an API; a bucket that tells of its objects and empties itself.
const cdk = require('aws-cdk-lib');
const { aws_apigateway: gateway, aws_events: events, aws_events_targets: targets, aws_iam: iam, aws_lambda: lambda, aws_lambda_destinations: destinations, aws_lambda_event_sources: sources, aws_s3: s3,
  aws_scheduler: scheduler, aws_scheduler_targets: scheduled, aws_sns: sns, aws_sns_subscriptions: subscriptions, aws_sqs: sqs, aws_ssm: ssm, aws_stepfunctions: sfn, aws_stepfunctions_tasks: tasks } = cdk;

const WORKER = `
import json, boto3
sfn = boto3.client("stepfunctions")

def handler(event, context):
    failures = []
    for record in event["Records"]:
        job = json.loads(record["body"])
        if job.get("poison"):
            failures.append({"itemIdentifier": record["messageId"]})
        else:
            sfn.send_task_success(taskToken=job["token"], output=json.dumps({"worked": job["n"]}))
    return {"batchItemFailures": failures}
`;

class TasksStack extends cdk.Stack {
  constructor(scope, id) {
    super(scope, id);
    const letters = new sqs.Queue(this, 'Letters');
    const jobs = new sqs.Queue(this, 'Jobs', { visibilityTimeout: cdk.Duration.seconds(1), deadLetterQueue: { queue: letters, maxReceiveCount: 1 }, enforceSSL: true });
    const worker = new lambda.Function(this, 'Worker', { runtime: lambda.Runtime.PYTHON_3_12, handler: 'index.handler', timeout: cdk.Duration.seconds(1), code: lambda.Code.fromInline(WORKER),
      onFailure: new destinations.SqsDestination(letters) });
    worker.addEventSource(new sources.SqsEventSource(jobs, { reportBatchItemFailures: true }));
    worker.addToRolePolicy(new iam.PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: ['*'] }));
    const news = new sns.Topic(this, 'News');
    news.addSubscription(new subscriptions.SqsSubscription(letters, { rawMessageDelivery: true }));
    const done = new sqs.Queue(this, 'Done');

    const limit = new ssm.StringParameter(this, 'Limit', { stringValue: '10' });
    const tick = new sfn.StateMachine(this, 'Tick', { definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(this, 'Nothing')) });
    const read = new tasks.CallAwsService(this, 'Read', { service: 'ssm', action: 'getParameter', parameters: { Name: limit.parameterName }, iamResources: [limit.parameterArn],
      resultSelector: { 'value.$': 'States.StringToJson($.Parameter.Value)' }, resultPath: '$.limit' });
    const work = new tasks.SqsSendMessage(this, 'Work', { queue: jobs, integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN, resultPath: '$.job',
      messageBody: sfn.TaskInput.fromObject({ token: sfn.JsonPath.taskToken, n: sfn.JsonPath.numberAt('$.n') }) });
    const nest = new tasks.StepFunctionsStartExecution(this, 'Nest', { stateMachine: tick, integrationPattern: sfn.IntegrationPattern.RUN_JOB, resultSelector: { 'status.$': '$.Status' }, resultPath: '$.nested' });
    const tell = new tasks.SnsPublish(this, 'Tell', { topic: news, message: sfn.TaskInput.fromJsonPathAt('$.job'), resultPath: sfn.JsonPath.DISCARD });
    const emit = new tasks.EventBridgePutEvents(this, 'Emit', { entries: [{ source: 'tasks', detailType: 'done', detail: sfn.TaskInput.fromObject({ 'n.$': '$.n' }) }], resultPath: sfn.JsonPath.DISCARD });
    const small = new sfn.Choice(this, 'Small?').when(sfn.Condition.numberLessThanJsonPath('$.n', '$.limit.value'), work.next(nest).next(tell).next(emit)).otherwise(new sfn.Fail(this, 'Large', { error: 'TooLarge' }));
    const machine = new sfn.StateMachine(this, 'Machine', { definitionBody: sfn.DefinitionBody.fromChainable(read.next(small)) });

    const bucket = new s3.Bucket(this, 'Data', { eventBridgeEnabled: true, autoDeleteObjects: true, removalPolicy: cdk.RemovalPolicy.DESTROY });
    new events.Rule(this, 'Uploaded', { eventPattern: { source: ['aws.s3'], detailType: ['Object Created'], detail: { bucket: { name: [bucket.bucketName] } } },
      targets: [new targets.SfnStateMachine(machine, { input: events.RuleTargetInput.fromObject({ n: events.EventField.fromPath('$.detail.object.size') }), deadLetterQueue: letters })] });
    new events.Rule(this, 'Ended', { eventPattern: { source: ['tasks'] }, targets: [new targets.SqsQueue(done, { message: events.RuleTargetInput.fromEventPath('$.detail.n') })] });
    new scheduler.Schedule(this, 'Minutely', { schedule: scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)), target: new scheduled.StepFunctionsStartExecution(machine, { input: scheduler.ScheduleTargetInput.fromObject({ n: 99 }) }) });
    const twice = new sfn.StateMachine(this, 'Twice', { stateMachineType: sfn.StateMachineType.EXPRESS, definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(this, 'Double', { parameters: { 'twice.$': 'States.MathAdd($.body.n, $.body.n)' } })) });
    const api = new gateway.StepFunctionsRestApi(this, 'Api', { stateMachine: twice, cloudWatchRole: true });

    for (const [name, value] of Object.entries({ Machine: machine.stateMachineArn, Jobs: jobs.queueUrl, Letters: letters.queueUrl, Done: done.queueUrl, Bucket: bucket.bucketName, Url: api.url })) new cdk.CfnOutput(this, `${name}Is`, { value });
  }
}

new TasksStack(new cdk.App(), 'Tasks');
