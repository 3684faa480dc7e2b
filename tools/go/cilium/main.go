// What Cilium's own policy engine says of connections, without its agent: `cilium-verdicts <INPUT`.
//
// Reads JSON objects, one a line: first policies (NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy), then
// questions of the shape {"from": PARTY, "to": PARTY, "port": 443, "protocol": "TCP"}, where a PARTY has an "address" and is a pod
// with {"pod": {"namespace": …, "labels": {…}}}, has {"entities": ["kube-apiserver", "world"]} or neither. Answers each question with a
// line, `allowed` or `denied`. A policy with a field that Cilium does not know, or that it refuses, ends it with 1.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
	"github.com/cilium/cilium/pkg/k8s"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/policy/utils"
	"github.com/cilium/cilium/pkg/u8proto"
)

const cluster = "default"

type party struct {
	Address  netip.Addr
	Entities []string
	Pod      *struct {
		Namespace string
		Labels    map[string]string
	}
}

type question struct {
	From, To party
	Port     uint16
	Protocol string
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	var entries types.PolicyEntries
	var questions []question
	decoder := json.NewDecoder(bufio.NewReader(in))
	for {
		var line json.RawMessage
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		found, asked, err := read(logger, line)
		if err != nil {
			return err
		}
		entries = append(entries, found...)
		questions = append(questions, asked...)
	}
	return answer(logger, entries, questions, out)
}

func read(logger *slog.Logger, line []byte) (types.PolicyEntries, []question, error) {
	var kind struct{ Kind string }
	if err := json.Unmarshal(line, &kind); err != nil {
		return nil, nil, err
	}
	strict := json.NewDecoder(bytes.NewReader(line))
	strict.DisallowUnknownFields()
	switch kind.Kind {
	case "NetworkPolicy":
		var object slim.NetworkPolicy
		if err := json.Unmarshal(line, &object); err != nil {
			return nil, nil, err
		}
		entries, err := k8s.ParseNetworkPolicy(logger, cluster, &object)
		return entries, nil, err
	case "CiliumNetworkPolicy":
		var object v2.CiliumNetworkPolicy
		if err := strict.Decode(&object); err != nil {
			return nil, nil, err
		}
		rules, err := object.Parse(logger, cluster)
		return utils.RulesToPolicyEntries(rules), nil, err
	case "CiliumClusterwideNetworkPolicy":
		var object v2.CiliumClusterwideNetworkPolicy
		if err := strict.Decode(&object); err != nil {
			return nil, nil, err
		}
		rules, err := object.Parse(logger, cluster)
		return utils.RulesToPolicyEntries(rules), nil, err
	case "":
		var one question
		err := strict.Decode(&one)
		return nil, []question{one}, err
	}
	return nil, nil, fmt.Errorf("%s is no policy", kind.Kind)
}

func answer(logger *slog.Logger, entries types.PolicyEntries, questions []question, out io.Writer) error {
	known := identities{byLabels: map[string]*identity.Identity{}, all: identity.IdentityMap{}}
	flows := make([]policy.Flow, 0, len(questions))
	for _, one := range questions {
		protocol, err := u8proto.ParseProtocol(one.Protocol)
		if err != nil {
			return err
		}
		flows = append(flows, policy.Flow{From: known.of(one.From), To: known.of(one.To), Proto: protocol, Dport: one.Port})
	}
	manager := identitymanager.NewIDManager(logger)
	repository := policy.NewPolicyRepository(logger, known.all, nil, nil, manager, uncounted{})
	repository.MustAddPolicyEntries(entries)
	writer := bufio.NewWriter(out)
	defer writer.Flush()
	for _, flow := range flows {
		verdict, _, _, err := policy.LookupFlow(logger, repository, manager, flow, nil, nil)
		if err != nil {
			return err
		}
		if verdict == api.Allowed {
			fmt.Fprintln(writer, "allowed")
		} else {
			fmt.Fprintln(writer, "denied")
		}
	}
	return nil
}

// Identities as Cilium's agent gives them: one for each set of labels.
type identities struct {
	byLabels map[string]*identity.Identity
	all      identity.IdentityMap
}

func (known *identities) of(one party) *identity.Identity {
	set := labelsOf(one)
	key := set.String()
	if found := known.byLabels[key]; found != nil {
		return found
	}
	id := identity.NumericIdentity(1000 + len(known.byLabels))
	if one.Pod == nil {
		id = identity.IdentityScopeLocal + id
	}
	if reserved := identity.LookupReservedIdentityByLabels(set); reserved != nil {
		id = reserved.ID
	}
	made := identity.NewIdentity(id, set)
	known.byLabels[key] = made
	known.all[id] = made.LabelArray
	return made
}

func labelsOf(one party) labels.Labels {
	if one.Pod == nil && len(one.Entities) == 0 {
		return labels.GetCIDRLabels(netip.PrefixFrom(one.Address, one.Address.BitLen()))
	}
	set := labels.Labels{}
	add := func(key, value, source string) { set[key] = labels.NewLabel(key, value, source) }
	if one.Pod == nil {
		for _, entity := range one.Entities {
			add(entity, "", labels.LabelSourceReserved)
		}
		return set
	}
	for key, value := range one.Pod.Labels {
		add(key, value, labels.LabelSourceK8s)
	}
	add("io.kubernetes.pod.namespace", one.Pod.Namespace, labels.LabelSourceK8s)
	add("io.cilium.k8s.policy.cluster", cluster, labels.LabelSourceK8s)
	add("io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name", one.Pod.Namespace, labels.LabelSourceK8s)
	return set
}

type uncounted struct{}

func (uncounted) AddRule(types.PolicyEntry) {}
func (uncounted) DelRule(types.PolicyEntry) {}
