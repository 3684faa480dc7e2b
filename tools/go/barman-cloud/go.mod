module mes.tools/barman-cloud

go 1.26

require github.com/cloudnative-pg/plugin-barman-cloud v0.13.0
