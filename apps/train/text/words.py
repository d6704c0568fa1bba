"""Word lists from which the generator draws. Plain data, no logic."""

ANIMALS = """
fox owl rabbit bear mouse squirrel hedgehog badger deer wolf frog turtle duck goose hen cat dog
puppy kitten pony horse cow sheep goat pig lamb lion tiger monkey elephant giraffe zebra panda koala
kangaroo camel parrot crow sparrow robin swan penguin seal whale dolphin octopus crab snail bee ant
spider beetle butterfly ladybug cricket lizard snake crocodile otter beaver raccoon skunk moose
donkey llama hamster mole bat eagle pelican peacock rooster chick fish shark starfish firefly moth
toad newt weasel lynx leopard hippo rhino ostrich flamingo heron magpie raven dove pigeon chipmunk
porcupine sloth walrus bison yak ferret gecko
""".split()

PEOPLE = """
girl boy farmer baker sailor miller tailor painter teacher doctor gardener fisherman shepherd
carpenter clockmaker king queen prince princess knight wizard witch giant pirate robot astronaut
dragon fairy ghost elf dwarf mermaid snowman scientist musician dancer singer captain pilot cook
librarian postman blacksmith weaver potter hunter traveler grandmother grandfather
""".split()

SINGLE_WORD_OBJECTS = """
lantern kite ball box hat boat drum flute bell book map key clock mirror ladder bucket basket broom
spoon cup plate pot candle lamp blanket pillow scarf coat mitten boot shoe button ribbon rope net
wheel cart wagon sled bicycle train balloon umbrella tent flag whistle violin guitar trumpet piano
necklace ring crown coin gem pearl shell stone feather leaf acorn flower rose seed pumpkin apple
pear carrot cake pie cookie jar bottle letter pencil brush paintbrush crayon notebook puzzle doll
puppet toy top marble compass telescope magnet hammer nail saw shovel rake axe needle quilt rug
chair table bench stool bed door window gate fence sign post nest egg stick branch log mushroom
berry cherry plum lemon melon sandwich snowball snowflake rocket engine radio camera phone computer
machine toolbox suitcase backpack bag purse wallet watch bracelet mask cape sword shield wand potion
scroll chest treasure lock chain anchor oar sail raft canoe windmill teapot kettle fork bowl tray
vase picture painting poster song poem card ticket stamp envelope parcel gift calendar globe
hourglass swing slide trampoline skateboard scooter kaleidoscope wheelbarrow
""".split()

TWO_WORD_OBJECTS = [
    "music box",
    "watering can",
    "snow globe",
    "paper boat",
    "fishing rod",
    "magnifying glass",
    "toy car",
    "wooden horse",
    "glass ball",
    "teddy bear",
]

OBJECTS = SINGLE_WORD_OBJECTS + TWO_WORD_OBJECTS

PLACES = """
forest garden village meadow valley farm castle beach island mountain river lake pond town city
harbor cave desert jungle field hill park school market library barn mill orchard cottage tower
museum lighthouse bakery bridge playground workshop kitchen attic
""".split()

ADJECTIVES = """
brave kind small tiny little clever curious quiet shy gentle cheerful honest lazy proud busy
friendly stubborn careful hungry sleepy young old happy lonely playful patient wise grumpy silly
nervous strong bold polite helpful thoughtful noisy dreamy eager
""".split()

OBJECT_ADJECTIVES = """
red blue green yellow golden silver shiny old new tiny big small round wooden broken magic beautiful
strange bright heavy soft striped dusty warm purple orange white black pink sparkling colorful plain
little special rare lost
""".split()

VERBS = """
sing dance jump run swim climb read draw paint cook bake fish whistle explore hop skip laugh write
count dig build dream fly hide wander juggle sail skate play listen knit plant hum race
""".split()

BOY_NAMES = """
Tom Ben Max Sam Leo Finn Jack Oscar Theo Hugo Milo Arlo Otto Felix Noah Liam Ravi Omar Kofi Diego
Mateo Yusuf Kenji Ivan Pavel Anton Marco Luca Emil Nils Jonas Bram Rufus Toby Barnaby Pip Bruno
Basil Chester Rusty
""".split()

GIRL_NAMES = """
Lily Mia Anna Ella Zoe Ruby Nora Ivy Luna Clara Rosa Maya Aisha Leila Amara Priya Mei Yuki Sofia
Elena Greta Ines Olive Hazel Daisy Poppy Willow Freya Astrid Nina Tara Zuri Wren Juno Stella Pearl
Molly Tilly Bella Penny
""".split()

# Invented names and words are syllables plus a suffix.
SYLLABLES = """
ba be bo da di do fa fi ga go ka ki ko la le li lo ma me mi mo na ne ni no pa pi ra re ri ro sa se
si so ta te ti to va vi wa ya za zo zu shi tri bri gla plo cru sta fle
""".split()

SUFFIXES = ["n", "l", "r", "s", "m", "x", "ck", "ft", "nd", "", "", "", "by", "ra", "lo", "nix", "dle", "rin", "la"]
