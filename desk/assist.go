package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/demarche/demarche"
	"github.com/demarche/demarche/reader"
)

// Limits of one exchange with a language model.
const (
	assistTries   = 3
	assistWait    = time.Second      // before the second try; twice as long before each further one
	assistTimeout = 60 * time.Second // a try
	assistAnswer  = 1 << 20          // bytes of an answer
)

//go:embed prompts/judge-system.txt
var judgeSystem string

//go:embed prompts/judge-user.txt
var judgeUser string

// Assistant asks a language model behind an endpoint that speaks the chat
// protocol of OpenAI, which local servers speak as well. It is a reader.Helper.
type Assistant struct {
	endpoint string
	model    string
	key      string
	client   *http.Client
	// Wait and Timeout can be shortened in tests.
	Wait, Timeout time.Duration
}

// NewAssistant checks the address, such as http://127.0.0.1:11434/v1. A key is
// sent only over an encrypted connection or to this machine.
func NewAssistant(address, model, key string) (*Assistant, error) {
	bad := func(hint, format string, args ...any) error {
		return &demarche.Error{Kind: demarche.Usage, Msg: fmt.Sprintf(format, args...), Hint: hint}
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, bad("write it like http://127.0.0.1:11434/v1", "the address of the language model is not a web address")
	}
	if u.User != nil {
		return nil, bad("put the key into the environment variable DEMARCHE_ASSIST_KEY", "the address of the language model holds a name or a password")
	}
	if model == "" {
		return nil, bad("name it with --assist-model", "which language model to ask is not said")
	}
	if key != "" && u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, bad("use an address that begins with https", "the key would be sent over a connection that is not encrypted")
	}
	return &Assistant{
		endpoint: strings.TrimSuffix(address, "/") + "/chat/completions", model: model, key: key, Wait: assistWait, Timeout: assistTimeout,
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// MayAssist refuses to send the reports of a confidential case to a language
// model, unless that was asked for by name.
func MayAssist(handling string, named bool) error {
	if handling != "confidential" || named {
		return nil
	}
	return &demarche.Error{
		Kind: demarche.Usage,
		Msg:  "the case is marked confidential, so its reports are not sent to a language model",
		Hint: "add --assist-confidential if they may be",
	}
}

type chatMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type chatRequest struct {
	Model       string        `json:"model"`
	Messages    []chatMessage `json:"messages"`
	Temperature float64       `json:"temperature"`
}

type chatResponse struct {
	Choices []struct {
		Message chatMessage `json:"message"`
	} `json:"choices"`
}

// Judge puts one stretch of a report to the model. It tries again after a pause
// where trying again can help, and gives up with an error that says why.
func (a *Assistant) Judge(ctx context.Context, req reader.JudgeRequest) ([]reader.Judgement, error) {
	body, err := json.Marshal(chatRequest{Model: a.model, Messages: []chatMessage{{"system", judgeSystem}, {"user", prompt(req)}}})
	if err != nil {
		return nil, err
	}
	var last error
	for try := range assistTries {
		if try > 0 {
			pause := time.NewTimer(a.Wait << (try - 1))
			select {
			case <-ctx.Done():
				pause.Stop()
				return nil, ctx.Err()
			case <-pause.C:
			}
		}
		got, again, err := a.once(ctx, body)
		if err == nil {
			return got, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if last = err; !again {
			break
		}
	}
	return nil, last
}

// once is one try. again tells whether another can help.
func (a *Assistant) once(ctx context.Context, body []byte) (got []reader.Judgement, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, false, err
	}
	r.Header.Set("Content-Type", "application/json")
	if a.key != "" {
		r.Header.Set("Authorization", "Bearer "+a.key)
	}
	res, err := a.client.Do(r)
	if err != nil {
		return nil, true, errors.New("the language model cannot be reached, or takes too long")
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, assistAnswer+1))
	switch {
	case err != nil:
		return nil, true, errors.New("the answer of the language model broke off")
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return nil, true, fmt.Errorf("the language model is busy or out of order (status %d)", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, false, fmt.Errorf("the language model refuses the request (status %d)", res.StatusCode)
	case len(answer) > assistAnswer:
		return nil, false, errors.New("the answer of the language model is too long")
	}
	var chat chatResponse
	if json.Unmarshal(answer, &chat) != nil || len(chat.Choices) == 0 {
		return nil, true, errors.New("the answer of the language model is not in the form asked for")
	}
	got, err = judgements(chat.Choices[0].Message.Content)
	return got, err != nil, err
}

// judgements reads the model's own words, in a code fence or not.
func judgements(s string) ([]reader.Judgement, error) {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(s, "```json"), "```"), "```")
	var out struct {
		Judgements []reader.Judgement `json:"judgements"`
	}
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return nil, errors.New("the answer of the language model is not in the form asked for")
	}
	return out.Judgements, nil
}

// prompt puts report and candidates between markers that the report cannot hold:
// the marker is made from the report itself, and again until it is not in it.
func prompt(req reader.JudgeRequest) string {
	var list strings.Builder
	for _, c := range req.Candidates {
		line := struct {
			N        int    `json:"n"`
			Source   string `json:"source"`
			Cue      string `json:"words that attribute"`
			Content  string `json:"what is said"`
			Question string `json:"question,omitempty"`
		}{c.N, c.Source, c.Cue, c.Content, ""}
		if c.Speaker {
			line.Question = "who is the source?"
		}
		b, _ := json.Marshal(line)
		list.Write(b)
		list.WriteByte('\n')
	}
	marker := ""
	for seed := req.Text; marker == "" || strings.Contains(req.Text, marker) || strings.Contains(list.String(), marker); seed = marker {
		sum := sha256.Sum256([]byte(seed))
		marker = "=== " + hex.EncodeToString(sum[:8])
	}
	return strings.NewReplacer("{{marker}}", marker, "{{text}}", req.Text, "{{candidates}}", strings.TrimSpace(list.String())).Replace(judgeUser)
}
