module mes.tools/pause

go 1.26.0
