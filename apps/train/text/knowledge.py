"""Data of the small skills: opposites, plurals, rhymes, lists and short facts."""

# The first of a pair may be asked for the second and the other way round.
_OPPOSITE_PAIRS = """
big:small hot:cold up:down happy:sad fast:slow light:dark day:night open:closed left:right
tall:short old:young hard:soft wet:dry early:late full:empty rich:poor loud:quiet strong:weak
clean:dirty near:far high:low thick:thin heavy:light easy:difficult good:bad inside:outside
first:last begin:end push:pull win:lose buy:sell love:hate laugh:cry sweet:sour true:false
smooth:rough deep:shallow wide:narrow brave:afraid above:below before:after alive:dead asleep:awake
always:never come:go give:take front:back friend:enemy question:answer summer:winter north:south
east:west noisy:quiet sharp:dull
""".split()
OPPOSITES = [tuple(pair.split(":")) for pair in _OPPOSITE_PAIRS]

_IRREGULAR_PLURALS = """
child:children mouse:mice man:men woman:women foot:feet tooth:teeth goose:geese person:people
leaf:leaves wolf:wolves knife:knives sheep:sheep fish:fish deer:deer ox:oxen life:lives
shelf:shelves loaf:loaves half:halves thief:thieves wife:wives potato:potatoes tomato:tomatoes
hero:heroes moose:moose cactus:cacti
""".split()
IRREGULAR_PLURALS = dict(pair.split(":") for pair in _IRREGULAR_PLURALS)

# Every line is one family of rhymes.
RHYMES = [
    line.split() for line in """
cat hat bat mat rat
dog fog log frog
sun fun run bun
tree bee sea free
moon spoon soon noon
star car far jar
light night bright kite
day play way say
boat goat coat float
rain train plane chain
cake lake snake make
king ring sing wing
ball fall tall wall
bed red head bread
book cook look hook
fish dish wish
blue shoe true new
bear chair hair pear
snow grow know slow
clock rock sock lock
mice rice ice nice
hill fill mill still
hen pen ten men
fox box socks rocks
whale tail sail pail
fly sky high pie
stone bone phone throne
cheese knees breeze please
door floor four more
nose rose hose toes
gold cold old told
hand sand land band
nest best rest west
""".strip().splitlines()
]

LISTS = {
    "fruits": (
        "apple,banana,orange,pear,grape,cherry,plum,"
        "peach,mango,lemon,melon,kiwi,strawberry,blueberry,pineapple"
    ).split(","),
    "vegetables": (
        "carrot,potato,onion,pea,bean,cabbage,spinach,"
        "broccoli,pumpkin,cucumber,lettuce,leek,beet,corn,pepper"
    ).split(","),
    "animals": "dog,cat,horse,lion,bear,rabbit,elephant,tiger,fox,wolf,monkey,zebra,panda,deer,sheep".split(","),
    "birds": "robin,crow,eagle,owl,sparrow,duck,swan,parrot,penguin,pigeon,gull,heron".split(","),
    "colours": "red,blue,green,yellow,orange,purple,pink,brown,black,white,gray".split(","),
    "colors": "red,blue,green,yellow,orange,purple,pink,brown,black,white,gray".split(","),
    "countries": (
        "France,Japan,Brazil,Canada,Egypt,India,Kenya,"
        "Italy,Spain,Mexico,China,Norway,Peru,Chile,Greece"
    ).split(","),
    "trees": "oak,pine,maple,birch,willow,elm,ash,cedar,beech,palm".split(","),
    "flowers": "rose,tulip,daisy,lily,sunflower,violet,poppy,orchid,iris,daffodil".split(","),
    "musical instruments": "piano,guitar,violin,drum,flute,trumpet,harp,cello,clarinet,banjo".split(","),
    "insects": "ant,bee,beetle,butterfly,moth,fly,cricket,wasp,ladybug,dragonfly".split(","),
    "planets": "Mercury,Venus,Earth,Mars,Jupiter,Saturn,Uranus,Neptune".split(","),
    "tools": "hammer,saw,screwdriver,wrench,drill,pliers,chisel,shovel,axe,rake".split(","),
    "sports": "football,tennis,basketball,swimming,running,hockey,rugby,golf,boxing,rowing".split(","),
    "clothes": "shirt,coat,hat,scarf,sock,shoe,jacket,dress,skirt,sweater".split(","),
    "rivers": "Nile,Amazon,Danube,Rhine,Ganges,Mississippi,Congo,Volga,Thames,Seine".split(","),
    "cities": "Paris,London,Tokyo,Cairo,Rome,Berlin,Madrid,Delhi,Lima,Oslo".split(","),
    "sea animals": "whale,shark,dolphin,seal,crab,octopus,starfish,jellyfish,lobster,squid".split(","),
    "drinks": "water,tea,coffee,milk,juice,lemonade,cocoa".split(","),
    "shapes": "circle,square,triangle,rectangle,oval,star,diamond,hexagon".split(","),
    "school subjects": "math,science,history,music,art,geography,reading,writing".split(","),
    "vehicles": "car,bus,train,bicycle,truck,boat,plane,tram,van,ship".split(","),
}

CAPITALS = {
    "France": "Paris",
    "Japan": "Tokyo",
    "Italy": "Rome",
    "Spain": "Madrid",
    "Germany": "Berlin",
    "England": "London",
    "Egypt": "Cairo",
    "Greece": "Athens",
    "Russia": "Moscow",
    "China": "Beijing",
    "India": "New Delhi",
    "Canada": "Ottawa",
    "Brazil": "Brasilia",
    "Norway": "Oslo",
    "Sweden": "Stockholm",
    "Portugal": "Lisbon",
    "Poland": "Warsaw",
    "Austria": "Vienna",
    "Ireland": "Dublin",
    "Peru": "Lima",
    "Cuba": "Havana",
    "Kenya": "Nairobi",
    "Turkey": "Ankara",
    "Finland": "Helsinki",
    "Hungary": "Budapest",
}

SOUNDS = {
    "dog": "woof",
    "cat": "meow",
    "cow": "moo",
    "sheep": "baa",
    "duck": "quack",
    "pig": "oink",
    "horse": "neigh",
    "frog": "croak",
    "owl": "hoot",
    "lion": "roar",
    "bee": "buzz",
    "rooster": "cock-a-doodle-doo",
    "mouse": "squeak",
    "snake": "hiss",
    "wolf": "howl",
    "crow": "caw",
}

YOUNG_ANIMALS = {
    "dog": "puppy",
    "cat": "kitten",
    "cow": "calf",
    "sheep": "lamb",
    "duck": "duckling",
    "hen": "chick",
    "horse": "foal",
    "goat": "kid",
    "bear": "cub",
    "lion": "cub",
    "deer": "fawn",
    "frog": "tadpole",
    "pig": "piglet",
    "goose": "gosling",
    "kangaroo": "joey",
    "swan": "cygnet",
    "butterfly": "caterpillar",
}

LEGS = {
    "dog": 4,
    "cat": 4,
    "horse": 4,
    "cow": 4,
    "duck": 2,
    "hen": 2,
    "spider": 8,
    "ant": 6,
    "bee": 6,
    "beetle": 6,
    "octopus": 0,
    "snake": 0,
    "fish": 0,
    "elephant": 4,
    "owl": 2,
    "crab": 10,
    "butterfly": 6,
    "frog": 4,
    "person": 2,
    "penguin": 2,
    "lion": 4,
    "bear": 4,
}

COLOR_OF = {
    "the sky": "blue",
    "grass": "green",
    "snow": "white",
    "a banana": "yellow",
    "coal": "black",
    "a ripe tomato": "red",
    "the sun": "yellow",
    "an orange": "orange",
    "a lemon": "yellow",
    "milk": "white",
    "a carrot": "orange",
    "blood": "red",
    "a crow": "black",
    "a flamingo": "pink",
    "a polar bear": "white",
    "the sea": "blue",
    "chocolate": "brown",
    "a frog": "green",
    "a strawberry": "red",
    "an elephant": "gray",
    "a plum": "purple",
    "a leaf in summer": "green",
    "a leaf in autumn": "red, orange or yellow",
}

LIVES = {
    "a fish": "in the water",
    "a bird": "in a nest",
    "a bee": "in a hive",
    "a spider": "in a web",
    "a rabbit": "in a burrow",
    "a bear": "in the forest, often in a den",
    "a camel": "in the desert",
    "a penguin": "in the cold south, near the sea",
    "a monkey": "in the trees of warm forests",
    "a whale": "in the sea",
    "a cow": "on a farm",
    "a frog": "near ponds and rivers",
    "a fox": "in a den in the woods",
    "a kangaroo": "in Australia",
    "a panda": "in the bamboo forests of China",
    "a lion": "on the grasslands of Africa",
    "an owl": "in the hollow of a tree",
    "a mole": "under the ground",
}

EATS = {
    "a cow": "grass",
    "a rabbit": "grass, leaves and carrots",
    "a lion": "meat",
    "a panda": "bamboo",
    "a squirrel": "nuts and seeds",
    "a bee": "nectar and pollen",
    "an owl": "mice and other small animals",
    "a bear": "berries, honey and fish",
    "a frog": "insects",
    "a mouse": "seeds, grain and fruit",
    "a horse": "grass and hay",
    "a koala": "eucalyptus leaves",
    "a spider": "insects",
    "a penguin": "fish",
    "a giraffe": "leaves from tall trees",
    "a monkey": "fruit, leaves and nuts",
    "a cat": "meat and fish",
    "a seal": "fish",
}

# (ways to ask, separated by |; the answer)
QUESTIONS = [
    (
        "how many days are in a week|number of days in a week",
        "There are seven days in a week.",
    ),
    (
        "how many months are in a year",
        "There are twelve months in a year.",
    ),
    (
        "how many hours are in a day",
        "There are 24 hours in a day.",
    ),
    (
        "how many minutes are in an hour",
        "There are 60 minutes in an hour.",
    ),
    (
        "how many seconds are in a minute",
        "There are 60 seconds in a minute.",
    ),
    (
        "how many days are in a year",
        "A year has 365 days, and a leap year has 366.",
    ),
    (
        "what is the sun",
        "The sun is a star. It gives our planet light and heat.",
    ),
    (
        "what is the moon",
        "The moon is a ball of rock that travels around the Earth.",
    ),
    (
        "why is the sky blue",
        "The air scatters blue light more than red light, so the sky looks blue to us.",
    ),
    (
        "what is water made of",
        "Water is made of hydrogen and oxygen.",
    ),
    (
        "what is ice",
        "Ice is water that is frozen.",
    ),
    (
        "why does it rain",
        "Water rises from the sea as vapor, forms clouds, and falls back as rain when the drops grow "
        "heavy.",
    ),
    (
        "how many planets are there",
        "There are eight planets in our solar system.",
    ),
    (
        "what is the biggest planet",
        "Jupiter is the biggest planet in our solar system.",
    ),
    (
        "what is the biggest animal",
        "The blue whale is the biggest animal on Earth.",
    ),
    (
        "what is the tallest animal",
        "The giraffe is the tallest animal.",
    ),
    (
        "what is the fastest land animal",
        "The cheetah is the fastest land animal.",
    ),
    (
        "how many seasons are there",
        "There are four seasons: spring, summer, autumn and winter.",
    ),
    (
        "what are the four seasons",
        "The four seasons are spring, summer, autumn and winter.",
    ),
    (
        "what do plants need to grow",
        "Plants need light, water, air and soil to grow.",
    ),
    (
        "what do bees make",
        "Bees make honey and wax.",
    ),
    (
        "why do we sleep",
        "We sleep so that the body and the mind can rest and repair themselves.",
    ),
    (
        "what is a rainbow",
        "A rainbow is sunlight that raindrops have split into colors.",
    ),
    (
        "how many letters are in the alphabet",
        "There are 26 letters in the English alphabet.",
    ),
    (
        "what are the vowels",
        "The vowels are A, E, I, O and U.",
    ),
    (
        "what is a computer",
        "A computer is a machine that follows instructions to work with information.",
    ),
    (
        "what is a gpu",
        "A GPU is a chip that does many small calculations at the same time. It is good at graphics and "
        "at running neural networks.",
    ),
    (
        "what is the internet",
        "The internet is a worldwide network that lets computers send messages to each other.",
    ),
    (
        "what is a browser",
        "A browser is a program that opens web pages. Each open page is called a tab.",
    ),
    (
        "what is a language model",
        "A language model is a program that has learned from text to guess which word comes next.",
    ),
    (
        "what is a token",
        "A token is a small piece of text, often a word or a part of a word. A language model reads and "
        "writes tokens.",
    ),
    (
        "what is webgpu",
        "WebGPU is a way for a web page to use the graphics chip of your computer.",
    ),
    (
        "what is webrtc",
        "WebRTC lets two browsers talk to each other directly, without a server in the middle of the "
        "conversation.",
    ),
    (
        "what is volcano lava",
        "Lava is hot melted rock that flows out of a volcano.",
    ),
    (
        "what is snow",
        "Snow is made of tiny ice crystals that fall from cold clouds.",
    ),
    (
        "what is thunder",
        "Thunder is the loud sound that lightning makes.",
    ),
    (
        "what is gravity",
        "Gravity is the force that pulls things toward the ground.",
    ),
    (
        "how do birds fly",
        "Birds fly by flapping their wings and pushing the air down.",
    ),
    (
        "what is a triangle",
        "A triangle is a shape with three sides.",
    ),
    (
        "what is a square",
        "A square is a shape with four equal sides.",
    ),
    (
        "how many legs does a spider have",
        "A spider has eight legs.",
    ),
    (
        "what is bread made of",
        "Bread is made of flour, water, salt and often yeast.",
    ),
    (
        "where does milk come from",
        "Most of the milk that people drink comes from cows.",
    ),
]
