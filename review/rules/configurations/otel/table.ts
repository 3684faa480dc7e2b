/**
 * Keys of the components of the OpenTelemetry collector 0.158 that this platform configures, as `Shapes` reads them: words, of which an empty one may be
 * left out; `id`, the name of another component; `uint`, a whole number from 0; `size`, a number of bytes or `200KiB`.
 * Source: the types Config of https://github.com/open-telemetry/opentelemetry-collector/tree/v0.158.0 and of its contributions
 */
export const COLLECTOR_KEYS = `
=adapter.BaseConfig
operators [any]
storage id
retry_on_failure #consumerretry.Config
=akamai.Config
resource_attributes #metadata.ResourceAttributesConfig
=aks.Config
resource_attributes #metadata.ResourceAttributesConfig
=attrs.Resolver
include_file_name bool
include_file_path bool
include_file_name_resolved bool
include_file_path_resolved bool
include_file_owner_name bool
include_file_owner_group_name bool
include_file_permissions bool
=azure.Config
tags [string]
resource_attributes #metadata.ResourceAttributesConfig
=classic.Config
resource_attributes #metadata.ResourceAttributesConfig
=config.ComponentHealthConfig
include_permanent_errors bool
include_recoverable_errors bool
recovery_duration duration
=configauth.Config
enabled bool
authenticator id
=configcompression.CompressionParams
level int
=configgrpc.ClientConfig
endpoint string
compression |gzip|zlib|deflate|snappy|x-snappy-framed|lz4|zstd|none
tls #configtls.ClientConfig
keepalive #configgrpc.KeepaliveClientConfig
read_buffer_size int
write_buffer_size int
wait_for_ready bool
headers {string}
user_agent string
balancer_name string
authority string
auth #configauth.Config
middlewares [#configmiddleware.Config]
=configgrpc.KeepaliveClientConfig
enabled bool
time duration
timeout duration
permit_without_stream bool
=configgrpc.KeepaliveEnforcementPolicy
enabled bool
min_time duration
permit_without_stream bool
=configgrpc.KeepaliveServerConfig
enabled bool
server_parameters #configgrpc.KeepaliveServerParameters
enforcement_policy #configgrpc.KeepaliveEnforcementPolicy
=configgrpc.KeepaliveServerParameters
enabled bool
max_connection_idle duration
max_connection_age duration
max_connection_age_grace duration
time duration
timeout duration
=configgrpc.ServerConfig
enabled bool
+confignet.AddrConfig
tls #configtls.ServerConfig
max_recv_msg_size_mib int
max_concurrent_streams uint
read_buffer_size int
write_buffer_size int
keepalive #configgrpc.KeepaliveServerConfig
auth #configauth.Config
include_metadata bool
middlewares [#configmiddleware.Config]
=confighttp.AuthConfig
enabled bool
+configauth.Config
request_params [string]
=confighttp.CORSConfig
enabled bool
allowed_origins [string]
allowed_headers [string]
exposed_headers [string]
max_age int
=confighttp.ClientConfig
endpoint string
proxy_url string
tls #configtls.ClientConfig
read_buffer_size int
write_buffer_size int
timeout duration
headers {string}
auth #configauth.Config
compression |gzip|zlib|deflate|snappy|x-snappy-framed|lz4|zstd|none
compression_params #configcompression.CompressionParams
max_idle_conns int
max_idle_conns_per_host int
max_conns_per_host int
idle_conn_timeout duration
disable_keep_alives bool
http2_read_idle_timeout duration
http2_ping_timeout duration
cookies #confighttp.CookiesConfig
force_attempt_http2 bool
middlewares [#configmiddleware.Config]
=confighttp.CookiesConfig
enabled bool
=confighttp.ServerConfig
+confignet.AddrConfig
tls #configtls.ServerConfig
cors #confighttp.CORSConfig
auth #confighttp.AuthConfig
max_request_body_size int
include_metadata bool
response_headers {string}
compression_algorithms [string]
read_timeout duration
read_header_timeout duration
write_timeout duration
idle_timeout duration
middlewares [#configmiddleware.Config]
keep_alives_enabled bool
=configmiddleware.Config
id id
=confignet.AddrConfig
endpoint string
transport string
dialer #confignet.DialerConfig
=confignet.DialerConfig
timeout duration
=configretry.BackOffConfig
enabled bool
initial_interval duration
randomization_factor float
multiplier float
max_interval duration
max_elapsed_time duration
=configtls.ClientConfig
+configtls.Config
insecure bool
insecure_skip_verify bool
server_name_override string
=configtls.Config
ca_file string
ca_pem string
include_system_ca_certs_pool bool
cert_file string
cert_pem string
key_file string
key_pem string
min_version string
max_version string
cipher_suites [string]
include_insecure_cipher_suites bool
reload_interval duration
curve_preferences [string]
tpm #configtls.TPMConfig
=configtls.ServerConfig
enabled bool
+configtls.Config
client_ca_file string
client_ca_file_reload bool
=configtls.TPMConfig
enabled bool
path string
owner_auth string
auth string
=connectors/service_graph
latency_histogram_buckets [duration]
exponential_histogram_max_size int
dimensions [string]
store #servicegraphconnector.StoreConfig
cache_loop duration
store_expiration_loop duration
virtual_node_peer_attributes [string]
virtual_node_extra_label bool
metrics_flush_interval duration
database_name_attributes [string]
metrics_timestamp_offset duration
=connectors/span_metrics
dimensions [#spanmetricsconnector.Dimension]
calls_dimensions [#spanmetricsconnector.Dimension]
exclude_dimensions [string]
dimensions_cache_size int
resource_metrics_cache_size int
resource_metrics_key_attributes [string]
aggregation_temporality string
histogram #spanmetricsconnector.HistogramConfig
metrics_flush_interval duration
metrics_expiration duration
series_expiration duration
metric_timestamp_cache_size int
namespace string
exemplars #spanmetricsconnector.ExemplarsConfig
events #spanmetricsconnector.EventsConfig
include_instrumentation_scope [string]
aggregation_cardinality_limit int
add_resource_attributes bool
enable_metrics_sampling_method bool
=consul.Config
address string
datacenter string
token string
token_file string
namespace string
meta {any}
resource_attributes #metadata.ResourceAttributesConfig
=consumerretry.Config
enabled bool
initial_interval duration
max_interval duration
max_elapsed_time duration
=cvm.Config
resource_attributes #metadata.ResourceAttributesConfig
fail_on_missing_metadata bool
=db.DBSanitizerConfig
sql #db.SQLConfig
redis #db.RedisConfig
valkey #db.ValkeyConfig
memcached #db.MemcachedConfig
mongo #db.MongoConfig
opensearch #db.OpenSearchConfig
es #db.ESConfig
sanitize_span_name bool
=db.ESConfig
enabled bool
attributes [string]
=db.MemcachedConfig
enabled bool
attributes [string]
=db.MongoConfig
enabled bool
attributes [string]
=db.OpenSearchConfig
enabled bool
attributes [string]
=db.RedisConfig
enabled bool
attributes [string]
=db.SQLConfig
enabled bool
attributes [string]
=db.ValkeyConfig
enabled bool
attributes [string]
=digitalocean.Config
resource_attributes #metadata.ResourceAttributesConfig
=docker.Config
resource_attributes #metadata.ResourceAttributesConfig
=ec2.Config
tags [string]
resource_attributes #metadata.ResourceAttributesConfig
max_attempts int
max_backoff duration
fail_on_missing_metadata bool
tags_from_imds bool
=ecs.Config
resource_attributes #metadata.ResourceAttributesConfig
fail_on_missing_metadata bool
=eks.Config
resource_attributes #metadata.ResourceAttributesConfig
node_from_env_var string
=elasticbeanstalk.Config
resource_attributes #metadata.ResourceAttributesConfig
=exporters/debug
verbosity none|basic|normal|detailed
sampling_initial int
sampling_thereafter int
use_internal_logger bool
output_paths [string]
sending_queue #queuebatch.Config
=exporters/load_balancing
+internal.TimeoutConfig
retry_on_failure #configretry.BackOffConfig
sending_queue #queuebatch.Config
protocol #loadbalancingexporter.Protocol
resolver #loadbalancingexporter.ResolverSettings
routing_key string
routing_attributes [string]
=exporters/otlp_grpc
+internal.TimeoutConfig
sending_queue #queuebatch.Config
retry_on_failure #configretry.BackOffConfig
+configgrpc.ClientConfig
=exporters/otlp_http
+confighttp.ClientConfig
sending_queue #queuebatch.Config
retry_on_failure #configretry.BackOffConfig
traces_endpoint string
metrics_endpoint string
logs_endpoint string
profiles_endpoint string
encoding proto|json
=exporters/prometheus
+confighttp.ServerConfig
sending_queue #queuebatch.Config
namespace string
const_labels {string}
send_timestamps bool
metric_expiration duration
resource_to_telemetry_conversion #resourcetotelemetry.Settings
enable_open_metrics bool
without_scope_info bool
add_metric_suffixes bool
translation_strategy |UnderscoreEscapingWithSuffixes|UnderscoreEscapingWithoutSuffixes|NoUTF8EscapingWithSuffixes|NoTranslation
=extensions/file_storage
directory string
timeout duration
max_size int
compaction #filestorage.CompactionConfig
fsync bool
create_directory bool
directory_permissions string
recreate bool
=extensions/health_check
+healthcheck.Config
=file.Config
+helper.InputConfig
+fileconsumer.Config
=fileconsumer.Config
+matcher.Criteria
+attrs.Resolver
poll_interval duration
max_concurrent_files int
max_batches int
start_at string
fingerprint_size size
initial_buffer_size size
max_log_size size
max_log_size_behavior string
encoding string
multiline #split.Config
+trim.Config
force_flush_period duration
header #fileconsumer.HeaderConfig
delete_after_read bool
include_file_record_number bool
include_file_record_offset bool
compression string
polls_to_archive int
acquire_fs_lock bool
file_cache_advise bool
on_truncate string
=fileconsumer.HeaderConfig
pattern string
metadata_operators [any]
=filestorage.CompactionConfig
on_start bool
on_rebound bool
directory string
rebound_needed_threshold_mib int
rebound_trigger_threshold_mib int
max_transaction_size int
check_interval duration
cleanup_on_start bool
=filterconfig.Attribute
key string
value any
=filterconfig.InstrumentationLibrary
name string
version string
=filterconfig.LogSeverityNumberMatchProperties
min int
match_undefined bool
=filterconfig.MatchConfig
include #filterconfig.MatchProperties
exclude #filterconfig.MatchProperties
=filterconfig.MatchProperties
+filterset.Config
services [string]
span_names [string]
log_bodies [string]
log_severity_texts [string]
log_severity_number #filterconfig.LogSeverityNumberMatchProperties
metric_names [string]
attributes [#filterconfig.Attribute]
resources [#filterconfig.Attribute]
libraries [#filterconfig.InstrumentationLibrary]
span_kinds [string]
=filterconfig.MetricMatchProperties
match_type string
regexp #regexp.Config
metric_names [string]
expressions [string]
resource_attributes [#filterconfig.Attribute]
=filterprocessor.LogFilters
include #filterprocessor.LogMatchProperties
exclude #filterprocessor.LogMatchProperties
resource [string]
log_record [string]
=filterprocessor.LogMatchProperties
match_type string
resource_attributes [#filterconfig.Attribute]
record_attributes [#filterconfig.Attribute]
severity_texts [string]
severity_number #filterprocessor.LogSeverityNumberMatchProperties
bodies [string]
=filterprocessor.LogSeverityNumberMatchProperties
min string
match_undefined bool
=filterprocessor.MetricFilters
include #filterconfig.MetricMatchProperties
exclude #filterconfig.MetricMatchProperties
regexp #regexp.Config
resource [string]
metric [string]
datapoint [string]
=filterprocessor.ProfileFilters
resource [string]
profile [string]
=filterprocessor.TraceFilters
resource [string]
span [string]
spanevent [string]
=filterset.Config
match_type string
regexp #regexp.Config
=gcp.Config
labels [string]
resource_attributes #metadata.ResourceAttributesConfig
=grpc.Config
+configgrpc.ServerConfig
=healthcheck.Config
+httpserver.LegacyConfig
grpc #grpc.Config
http #httpserver.Config
component_health #config.ComponentHealthConfig
=helper.AttributerConfig
attributes {string}
=helper.BasicConfig
id string
type string
=helper.IdentifierConfig
resource {string}
=helper.InputConfig
+helper.AttributerConfig
+helper.IdentifierConfig
+helper.WriterConfig
=helper.WriterConfig
+helper.BasicConfig
output [string]
=heroku.Config
resource_attributes #metadata.ResourceAttributesConfig
=hetzner.Config
resource_attributes #metadata.ResourceAttributesConfig
=httpserver.CheckCollectorPipelineConfig
enabled bool
interval string
exporter_failure_threshold int
=httpserver.Config
+confighttp.ServerConfig
config #httpserver.PathConfig
status #httpserver.PathConfig
=httpserver.LegacyConfig
+confighttp.ServerConfig
path string
response_body #httpserver.ResponseBodyConfig
check_collector_pipeline #httpserver.CheckCollectorPipelineConfig
use_v2 bool
=httpserver.PathConfig
enabled bool
path string
include_attributes bool
=httpserver.ResponseBodyConfig
healthy string
unhealthy string
=internal.TimeoutConfig
timeout duration
=k8sapi.Config
+k8sconfig.APIConfig
node_from_env_var string
resource_attributes #metadata.ResourceAttributesConfig
=k8sattributesprocessor.ExcludeConfig
pods [#k8sattributesprocessor.ExcludePodConfig]
=k8sattributesprocessor.ExcludePodConfig
name string
=k8sattributesprocessor.ExtractConfig
metadata [string]
annotations [#k8sattributesprocessor.FieldExtractConfig]
labels [#k8sattributesprocessor.FieldExtractConfig]
otel_annotations bool
deployment_name_from_replicaset bool
=k8sattributesprocessor.FieldExtractConfig
tag_name string
key string
key_regex string
from string
=k8sattributesprocessor.FieldFilterConfig
key string
value string
op string
=k8sattributesprocessor.FilterConfig
node string
node_from_env_var string
namespace string
fields [#k8sattributesprocessor.FieldFilterConfig]
labels [#k8sattributesprocessor.FieldFilterConfig]
=k8sattributesprocessor.PodAssociationConfig
sources [#k8sattributesprocessor.PodAssociationSourceConfig]
=k8sattributesprocessor.PodAssociationSourceConfig
from string
name string
=k8sconfig.APIConfig
auth_type none|serviceAccount|kubeConfig|tls
context string
kube_api_qps float
kube_api_burst int
=kubeadm.Config
+k8sconfig.APIConfig
resource_attributes #metadata.ResourceAttributesConfig
=lambda.Config
resource_attributes #metadata.ResourceAttributesConfig
=loadbalancingexporter.AWSCloudMapResolver
enabled bool
namespace string
service_name string
health_status string
interval duration
timeout duration
port uint
owner_account string
=loadbalancingexporter.DNSResolver
enabled bool
hostname string
port string
interval duration
timeout duration
=loadbalancingexporter.K8sSvcResolver
enabled bool
service string
ports [int]
timeout duration
return_hostnames bool
=loadbalancingexporter.Protocol
otlp #exporters/otlp_grpc
=loadbalancingexporter.ResolverSettings
static #loadbalancingexporter.StaticResolver
dns #loadbalancingexporter.DNSResolver
k8s #loadbalancingexporter.K8sSvcResolver
aws_cloud_map #loadbalancingexporter.AWSCloudMapResolver
=loadbalancingexporter.StaticResolver
enabled bool
hostnames [string]
=matcher.Criteria
include [string]
exclude [string]
exclude_older_than duration
ordering_criteria #matcher.OrderingCriteria
=matcher.OrderingCriteria
regex string
top_n int
sort_by [#matcher.Sort]
group_by string
=matcher.Sort
sort_type string
regex_key string
ascending bool
layout string
location string
=metadata.ResourceAttributeConfig
enabled bool
=metadata.ResourceAttributesConfig
cloud.account.id #metadata.ResourceAttributeConfig
cloud.availability_zone #metadata.ResourceAttributeConfig
cloud.platform #metadata.ResourceAttributeConfig
cloud.provider #metadata.ResourceAttributeConfig
cloud.region #metadata.ResourceAttributeConfig
host.id #metadata.ResourceAttributeConfig
host.image.id #metadata.ResourceAttributeConfig
host.name #metadata.ResourceAttributeConfig
host.type #metadata.ResourceAttributeConfig
=nova.Config
labels [string]
resource_attributes #metadata.ResourceAttributesConfig
fail_on_missing_metadata bool
=openshift.Config
address string
token string
tls #configtls.ClientConfig
resource_attributes #metadata.ResourceAttributesConfig
=oraclecloud.Config
resource_attributes #metadata.ResourceAttributesConfig
=otlpreceiver.HTTPConfig
enabled bool
+confighttp.ServerConfig
traces_url_path string
metrics_url_path string
logs_url_path string
=otlpreceiver.Protocols
grpc #configgrpc.ServerConfig
http #otlpreceiver.HTTPConfig
=processors/batch
timeout duration
send_batch_size uint
send_batch_max_size uint
metadata_keys [string]
metadata_cardinality_limit uint
=processors/filter
error_mode propagate|ignore|silent
spans #filterconfig.MatchConfig
metrics #filterprocessor.MetricFilters
logs #filterprocessor.LogFilters
traces #filterprocessor.TraceFilters
profiles #filterprocessor.ProfileFilters
metric_conditions [any]
log_conditions [any]
trace_conditions [any]
profile_conditions [any]
=processors/k8s_attributes
+k8sconfig.APIConfig
passthrough bool
extract #k8sattributesprocessor.ExtractConfig
filter #k8sattributesprocessor.FilterConfig
pod_association [#k8sattributesprocessor.PodAssociationConfig]
exclude #k8sattributesprocessor.ExcludeConfig
wait_for_metadata bool
wait_for_metadata_timeout duration
watch_sync_period duration
pod_delete_grace_period duration
=processors/memory_limiter
check_interval duration
min_gc_interval_when_soft_limited duration
min_gc_interval_when_hard_limited duration
max_gc_interval_when_soft_limited duration
max_gc_interval_when_hard_limited duration
limit_mib uint
spike_limit_mib uint
limit_percentage uint
spike_limit_percentage uint
=processors/redaction
allow_all_keys bool
allowed_keys [string]
blocked_key_patterns [string]
hash_function string
hmac_key string
ignored_keys [string]
ignored_key_patterns [string]
redact_all_types bool
blocked_values [string]
allowed_values [string]
db_sanitizer #db.DBSanitizerConfig
summary string
url_sanitizer #url.URLSanitizationConfig
=processors/resource_detection
detectors [string]
override bool
+resourcedetectionprocessor.DetectorConfig
+confighttp.ClientConfig
refresh_interval duration
fail_on_missing_metadata bool
=processors/tail_sampling
decision_wait duration
decision_wait_after_root_received duration
num_traces uint
block_on_overflow bool
expected_new_traces_per_sec uint
policies [#tailsamplingprocessor.PolicyCfg]
decision_cache #tailsamplingprocessor.DecisionCacheConfig
tail_storage id
sample_on_first_match bool
sampling_strategy trace-complete|span-ingest
drop_pending_traces_on_shutdown bool
maximum_trace_size_bytes uint
=processors/transform
error_mode propagate|ignore|silent
trace_statements [any]
metric_statements [any]
log_statements [any]
profile_statements [any]
flatten_data bool
=queuebatch.BatchConfig
enabled bool
flush_timeout duration
sizer items|bytes|requests
min_size int
max_size int
partition #queuebatch.PartitionConfig
=queuebatch.Config
enabled bool
wait_for_result bool
sizer items|bytes|requests
queue_size int
block_on_overflow bool
storage id
num_consumers int
batch #queuebatch.BatchConfig
=queuebatch.PartitionConfig
metadata_keys [string]
=receivers/file_log
+file.Config
+adapter.BaseConfig
=receivers/otlp
protocols #otlpreceiver.Protocols
=regexp.Config
cacheenabled bool
cachemaxnumentries int
=resourcedetectionprocessor.DetectorConfig
alibaba_ecs #ecs.Config
ec2 #ec2.Config
ecs #ecs.Config
eks #eks.Config
elasticbeanstalk #elasticbeanstalk.Config
lambda #lambda.Config
azure #azure.Config
aks #aks.Config
consul #consul.Config
digitalocean #digitalocean.Config
docker #docker.Config
gcp #gcp.Config
heroku #heroku.Config
hetzner #hetzner.Config
ibmcloud_classic #classic.Config
ibmcloud_vpc #vpc.Config
system #system.Config
openshift #openshift.Config
nova #nova.Config
oraclecloud #oraclecloud.Config
k8s_api #k8sapi.Config
k8snode #k8sapi.Config
kubeadm #kubeadm.Config
akamai #akamai.Config
scaleway #scaleway.Config
tencent_cvm #cvm.Config
upcloud #upcloud.Config
vultr #vultr.Config
=resourcetotelemetry.Settings
enabled bool
exclude_service_attributes bool
=scaleway.Config
resource_attributes #metadata.ResourceAttributesConfig
=servicegraphconnector.StoreConfig
max_items int
ttl duration
=spanmetricsconnector.Dimension
name string
default string
glob string
=spanmetricsconnector.EventsConfig
enabled bool
dimensions [#spanmetricsconnector.Dimension]
=spanmetricsconnector.ExemplarsConfig
enabled bool
max_per_data_point int
=spanmetricsconnector.ExplicitHistogramConfig
enabled bool
buckets [duration]
=spanmetricsconnector.ExponentialHistogramConfig
enabled bool
max_size int
=spanmetricsconnector.HistogramConfig
disable bool
unit ms|s
exponential #spanmetricsconnector.ExponentialHistogramConfig
explicit #spanmetricsconnector.ExplicitHistogramConfig
dimensions [#spanmetricsconnector.Dimension]
=split.Config
line_start_pattern string
line_end_pattern string
omit_pattern bool
=system.Config
hostname_sources [string]
resource_attributes #metadata.ResourceAttributesConfig
=tailsamplingprocessor.AndCfg
and_sub_policy [#tailsamplingprocessor.AndSubPolicyCfg]
=tailsamplingprocessor.AndSubPolicyCfg
+tailsamplingprocessor.sharedPolicyCfg
not #tailsamplingprocessor.NotCfg
=tailsamplingprocessor.BooleanAttributeCfg
key string
value bool
invert_match bool
=tailsamplingprocessor.BytesLimitingCfg
bytes_per_second int
burst_capacity int
=tailsamplingprocessor.CompositeCfg
max_total_spans_per_second int
policy_order [string]
composite_sub_policy [#tailsamplingprocessor.CompositeSubPolicyCfg]
rate_allocation [#tailsamplingprocessor.RateAllocationCfg]
=tailsamplingprocessor.CompositeSubPolicyCfg
+tailsamplingprocessor.sharedPolicyCfg
and #tailsamplingprocessor.AndCfg
=tailsamplingprocessor.DecisionCacheConfig
sampled_cache_size int
non_sampled_cache_size int
=tailsamplingprocessor.DropCfg
drop_sub_policy [#tailsamplingprocessor.AndSubPolicyCfg]
=tailsamplingprocessor.LatencyCfg
threshold_ms int
upper_threshold_ms int
=tailsamplingprocessor.NotCfg
not_sub_policy #tailsamplingprocessor.NotSubPolicyCfg
=tailsamplingprocessor.NotSubPolicyCfg
+tailsamplingprocessor.sharedPolicyCfg
=tailsamplingprocessor.NumericAttributeCfg
key string
min_value int
max_value int
invert_match bool
=tailsamplingprocessor.OTTLConditionCfg
error_mode propagate|ignore|silent
span [string]
spanevent [string]
=tailsamplingprocessor.PolicyCfg
+tailsamplingprocessor.sharedPolicyCfg
composite #tailsamplingprocessor.CompositeCfg
and #tailsamplingprocessor.AndCfg
not #tailsamplingprocessor.NotCfg
drop #tailsamplingprocessor.DropCfg
=tailsamplingprocessor.ProbabilisticCfg
hash_salt string
sampling_percentage float
=tailsamplingprocessor.RateAllocationCfg
policy string
percent int
=tailsamplingprocessor.RateLimitingCfg
spans_per_second int
burst_capacity int
=tailsamplingprocessor.SpanCountCfg
min_spans int
max_spans int
=tailsamplingprocessor.StatusCodeCfg
status_codes [string]
=tailsamplingprocessor.StringAttributeCfg
key string
values [string]
enabled_regex_matching bool
cache_max_size int
invert_match bool
=tailsamplingprocessor.TraceStateCfg
key string
values [string]
=tailsamplingprocessor.sharedPolicyCfg
name string
type always_sample|latency|numeric_attribute|probabilistic|status_code|string_attribute|rate_limiting|composite|and|not|drop|span_count|trace_state|boolean_attribute|ottl_condition|bytes_limiting|trace_flags
latency #tailsamplingprocessor.LatencyCfg
numeric_attribute #tailsamplingprocessor.NumericAttributeCfg
probabilistic #tailsamplingprocessor.ProbabilisticCfg
status_code #tailsamplingprocessor.StatusCodeCfg
string_attribute #tailsamplingprocessor.StringAttributeCfg
rate_limiting #tailsamplingprocessor.RateLimitingCfg
bytes_limiting #tailsamplingprocessor.BytesLimitingCfg
span_count #tailsamplingprocessor.SpanCountCfg
trace_state #tailsamplingprocessor.TraceStateCfg
boolean_attribute #tailsamplingprocessor.BooleanAttributeCfg
ottl_condition #tailsamplingprocessor.OTTLConditionCfg
* any
=trim.Config
preserve_leading_whitespaces bool
preserve_trailing_whitespaces bool
=upcloud.Config
resource_attributes #metadata.ResourceAttributesConfig
fail_on_missing_metadata bool
=url.URLSanitizationConfig
enabled bool
attributes [string]
sanitize_span_name bool
=vpc.Config
protocol string
resource_attributes #metadata.ResourceAttributesConfig
=vultr.Config
resource_attributes #metadata.ResourceAttributesConfig
fail_on_missing_metadata bool
=root
receivers {any}
processors {any}
exporters {any}
connectors {any}
extensions {any}
service #service
=service
extensions [string]
telemetry any
pipelines {#pipeline}
=pipeline
receivers [string]
processors [string]
exporters [string]
`;
